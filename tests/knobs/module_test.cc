#include "knobs/knob_test.h"

#include <fmt/format.h>

namespace tuner::testing {
namespace {

const Subject kTls{.knob = "module", .key = "module:tls", .name = "tls", .place = "tls"};
const std::string kModules = fmt::format("/lib/modules/{}", kFakeKernel);

TEST(Module, TheSubjectIsTheModule) {
  Profile profile;
  profile.modules = {{"tls", exactly(true)}};
  const Expanded expanded = expand("module", profile, {});
  ASSERT_EQ(expanded.desired_settings.size(), 1U);
  EXPECT_EQ(expanded.desired_settings[0].subject, kTls);
  EXPECT_EQ(expanded.text(), "tls = on\n");
  EXPECT_EQ(find_knob("module")->locate(kTls, {}), kTls);
}

// Kernel TLS is only as fast as the kernel's cipher implementation.
TEST(Module, AGenericCipherIsAWarningIfTlsIsWanted) {
  Facts facts;
  facts.crypto = CryptoFacts{.drivers = {{"gcm(aes)", "gcm_base(ctr(aes-generic),ghash-generic)"}}};
  const auto notes_of = [&](const char* module, bool load) {
    Profile profile;
    profile.modules = {{module, exactly(load)}};
    return expand("module", profile, facts).notes;
  };
  ASSERT_EQ(notes_of("tls", true).size(), 1U);
  EXPECT_TRUE(notes_of("tls", true)[0].starts_with("warning: the kernel encrypts AES-GCM with "))
      << notes_of("tls", true)[0];
  EXPECT_TRUE(notes_of("tls", false).empty());
  EXPECT_TRUE(notes_of("tcp_bbr", true).empty());
  facts.crypto->drivers[0].driver = "generic-gcm-aesni";
  EXPECT_TRUE(notes_of("tls", true).empty());
  facts.crypto.reset();
  EXPECT_TRUE(notes_of("tls", true).empty());
}

struct Standing {
  const char* what;
  std::function<void(FakeMachine&)> before;
  Availability availability;
  Value value;
  const char* reason;
  const char* hint;
};

TEST(Module, EveryModuleStateHasItsObservation) {
  const auto deny = [](FakeMachine& m) { m.set("/etc/modprobe.d/x.conf", "# no\nblacklist tls"); };
  const auto not_installed = [](FakeMachine& m) {
    m.set(kModules + "/modules.dep", "kernel/net/ipv4/tcp_bbr.ko:");
  };
  const Standing cases[] = {
      {"loadable", [](FakeMachine&) {}, Availability::Available, false, "not loaded", ""},
      {"live", [](FakeMachine& m) { (void)m.host().modules().load("tls").has_value(); },
       Availability::Available, true, "loaded", ""},
      {"built in",
       [](FakeMachine& m) { m.set(kModules + "/modules.builtin", "kernel/net/tls/tls.ko"); },
       Availability::Available, true, "built into the kernel", ""},
      {"deny-listed", deny, Availability::Blocked, Absent{}, "/etc/modprobe.d/x.conf:2",
       "remove that line"},
      {"locked", [](FakeMachine& m) { m.set("/proc/sys/kernel/modules_disabled", "1"); },
       Availability::Blocked, Absent{}, "until the next boot", "modules-load.d"},
      {"missing", not_installed, Availability::Unsupported, Absent{}, "no module tls is installed",
       "install"},
      {"not built",
       [&](FakeMachine& m) {
         not_installed(m);
         m.set(fmt::format("/boot/config-{}", kFakeKernel), "# CONFIG_TLS is not set");
       },
       Availability::Unsupported, Absent{}, "was built without tls", "Debian 12"},
      {"unreadable", [](FakeMachine& m) { m->unreadable.insert(kModules + "/modules.dep"); },
       Availability::Unreadable, Absent{}, "Permission denied", ""},
      {"no /proc", [](FakeMachine& m) { m->unreadable.insert("/proc/sys/kernel/osrelease"); },
       Availability::Unreadable, Absent{}, "osrelease", ""},
  };
  for (const Standing& one : cases) {
    FakeMachine machine = two_node_machine();
    one.before(machine);
    machine.forget();
    const Observation seen = observe(kTls, machine.host());
    EXPECT_EQ(seen.availability, one.availability) << one.what << ": " << seen.reason;
    EXPECT_EQ(seen.value, one.value) << one.what;
    EXPECT_TRUE(contains(seen.reason, one.reason)) << one.what << ": " << seen.reason;
    EXPECT_TRUE(contains(seen.hint, one.hint)) << one.what << ": " << seen.hint;
    EXPECT_TRUE(machine->writes.empty()) << "observing loads nothing";
  }
}

TEST(Module, WritingTrueLoadsAndFalseUnloads) {
  const FakeMachine machine = two_node_machine();
  const auto before = machine.snapshot();
  Host host = machine.host();
  ASSERT_TRUE(write(kTls, true, host));
  EXPECT_EQ(observe(kTls, host).value, Value{true});
  ASSERT_TRUE(write(kTls, false, host));
  EXPECT_EQ(machine.snapshot(), before);
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"load tls", "unload tls"}));
}

TEST(Module, ABusyModuleStaysLoadedWithAHint) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  ASSERT_TRUE(write(kTls, true, host));
  machine->modules["tls"].busy = true;
  const auto unloaded = write(kTls, false, host);
  ASSERT_FALSE(unloaded);
  EXPECT_EQ(unloaded.error().fault, Fault::Busy);
  EXPECT_EQ(unloaded.error().text, "module tls is in use and stays loaded");
  machine.set("/sys/module/tls/holders/bonding", "");
  EXPECT_EQ(write(kTls, false, host).error().text,
            "module tls is in use by module bonding and stays loaded");
  EXPECT_EQ(write(kTls, false, host).error().hint,
            "first unload the modules in /sys/module/tls/holders: bonding");
  EXPECT_TRUE(contains(unloaded.error().hint, "modprobe -r tls"));
}

TEST(Module, ARefusedLoadNamesTheMissingPrivilege) {
  const FakeMachine machine = two_node_machine();
  machine->modules["tls"].load_error = answer(1 /* EPERM */, "insert tls");
  Host host = machine.host();
  const auto loaded = write(kTls, true, host);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().fault, Fault::NotPermitted);
  EXPECT_EQ(loaded.error().text,
            "module tls cannot be loaded: insert tls: Operation not permitted");
  EXPECT_TRUE(contains(loaded.error().hint, "CAP_SYS_MODULE"));
}

}  // namespace
}  // namespace tuner::testing
