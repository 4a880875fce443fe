#include "host/files/unit_files.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner::testing {
namespace {

using Commands = std::vector<std::string>;

Commands read(std::string_view text, Commands before = {}) {
  read_exec_start(text, before);
  return before;
}

TEST(ExecStart, ReadsTheServiceSectionOnly) {
  EXPECT_EQ(
      read("[Unit]\nExecStart=/no\n[Service]\n ExecStart = /bin/a  b \n[Install]\nExecStart=/no\n"),
      Commands{"/bin/a  b"});
  EXPECT_EQ(read(""), Commands{});
  EXPECT_EQ(read("ExecStart=/no section\n[Service]\nExecStartPre=/no\nnothing\n"), Commands{});
}

TEST(ExecStart, ABackslashContinuesALineAcrossComments) {
  EXPECT_EQ(read("[Service]\nExecStart=/bin/a \\\n# said\n  --b \\\n  c\n"),
            Commands{"/bin/a --b c"});
  EXPECT_EQ(read("[Service]\n#ExecStart=/no\n;ExecStart=/no\nExecStart=/a\\"), Commands{"/a"});
}

TEST(ExecStart, AnEmptyExecStartClears) {
  EXPECT_EQ(read("[Service]\nExecStart=\nExecStart=/new\n", {"/old"}), Commands{"/new"});
  EXPECT_EQ(read("[Service]\nExecStart=/more\n", {"/old"}), (Commands{"/old", "/more"}));
}

TEST(UnitFiles, AMaskedUnitHasNoValuesAndIsNoFailedRead) {
  FakeMachine machine;
  machine.set("/dev/null", "");
  machine->read_errors["/dev/null"] = EINVAL;  // no regular file
  machine.link("/etc/systemd/system/x.service", "/dev/null");
  machine.set("/lib/systemd/system/x.service", "[Service]\nExecStart=/lib\n");
  const Host host = machine.host();
  EXPECT_EQ(ServiceUnit::read(host.files(), "x.service").exec_start(), Commands{});
  EXPECT_TRUE(host.reads().failures().empty());
}

TEST(UnitFiles, AnInstanceHasTheFileOfItsTemplateUnlessItHasItsOwn) {
  FakeMachine machine;
  machine.set("/lib/systemd/system/x@.service", "[Service]\nExecStart=/template %i\n");
  const auto commands = [&](std::string_view unit) {
    return ServiceUnit::read(machine.host().files(), unit).exec_start();
  };
  EXPECT_EQ(commands("x@a.service"), Commands{"/template %i"});
  EXPECT_EQ(commands("x@.service"), Commands{"/template %i"});
  EXPECT_EQ(commands("y@a.service"), Commands{});
  machine.set("/etc/systemd/system/x@.service.d/1.conf", "[Service]\nExecStart=/more\n");
  EXPECT_EQ(commands("x@a.service"), (Commands{"/template %i", "/more"}));
  machine.set("/lib/systemd/system/x@a.service", "[Service]\nExecStart=/own\n");
  EXPECT_EQ(commands("x@a.service"), (Commands{"/own", "/more"}));
}

TEST(UnitFiles, ReadsTheFirstUnitFileThenDropInsByName) {
  FakeMachine machine;
  machine.set("/lib/systemd/system/x.service", "[Service]\nExecStart=/lib\n");
  machine.set("/lib/systemd/system/x.service.d/50-b.conf", "[Service]\nExecStart=\nExecStart=/b\n");
  machine.set("/etc/systemd/system/x.service.d/10-a.conf", "[Service]\nExecStart=\nExecStart=/a\n");
  machine.set("/etc/systemd/system/x.service.d/note.txt", "[Service]\nExecStart=\n");
  machine.set("/run/systemd/system/x.service.d/zz.conf", "[Service]\nExecStart=\nExecStart=/z\n");
  const Host host = machine.host();
  EXPECT_EQ(ServiceUnit::read(host.files(), "x.service").exec_start(), Commands{"/z"});
  EXPECT_EQ(ServiceUnit::read(host.files(), "x.service")
                .exec_start("/run/systemd/system/x.service.d/zz.conf"),
            Commands{"/b"});
  machine.set("/etc/systemd/system/x.service.d/50-b.conf", "");  // hides the one in /lib
  machine.set("/etc/systemd/system/x.service", "[Service]\nExecStart=/etc\n");
  EXPECT_EQ(ServiceUnit::read(host.files(), "x.service")
                .exec_start("/run/systemd/system/x.service.d/zz.conf"),
            Commands{"/a"});
  EXPECT_TRUE(ServiceUnit::read(host.files(), "y.service").exec_start().empty());
}

}  // namespace
}  // namespace tuner::testing
