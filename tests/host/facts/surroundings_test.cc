#include "host/facts/surroundings.h"

#include "support/fake_host.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using testing::FakeMachine;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kFunction = "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0";

Surroundings seen(const FakeMachine& machine) {
  NicList nics;
  Nic nic;
  nic.name = "eth0";
  nic.bus_address = "0000:01:00.0";
  nics.change().push_back(nic);
  return collect_surroundings(machine.host(), nics);
}

std::string at_boot(const FakeMachine& machine) {
  const auto place = seen(machine).tls_at_boot;
  return place ? to_text(*place) : std::string();
}

// The link of the NIC, and what the port above it can.
FakeMachine with_link(std::string_view current, std::string_view max, std::string_view port) {
  FakeMachine machine;
  machine->links["/sys/bus/pci/devices/0000:01:00.0"] = kFunction;
  const auto set = [&](std::string_view folder, std::string_view which, std::string_view link) {
    const auto x = link.find(" x");
    machine.set(fmt::format("{}/{}_link_speed", folder, which), std::string(link.substr(0, x)));
    machine.set(fmt::format("{}/{}_link_width", folder, which), std::string(link.substr(x + 2)));
  };
  set(kFunction, "current", current);
  set(kFunction, "max", max);
  if (!port.empty()) set("/sys/devices/pci0000:00/0000:00:01.0", "max", port);
  return machine;
}

TEST(Surroundings, AnEmptyMachineHasNothing) {
  const Surroundings found = seen(FakeMachine());
  EXPECT_FALSE(found.tls_at_boot);
  EXPECT_THAT(found.slow_links, IsEmpty());
  EXPECT_THAT(found.tls_mounts, IsEmpty());
  EXPECT_FALSE(found.fips);
  EXPECT_EQ(found.container, "");
  EXPECT_THAT(found.unread, IsEmpty());
}

TEST(Surroundings, NameTheLineThatLoadsTheModuleAtBoot) {
  FakeMachine machine;
  machine.set("/etc/modules-load.d/net.conf", "# tls\n; tls\ntcp_bbr\n tls \n");
  EXPECT_EQ(at_boot(machine), "/etc/modules-load.d/net.conf:4");
  machine.set("/etc/modules-load.d/net.conf", "tls_old\n");
  EXPECT_EQ(at_boot(machine), "");
  machine.set("/etc/modules", "loop\ntls\n");
  EXPECT_EQ(at_boot(machine), "/etc/modules:2");
  FakeMachine kernel;
  kernel.set("/proc/cmdline", "root=/dev/sda1 modules-load=loop,tls quiet");
  EXPECT_EQ(at_boot(kernel), "/proc/cmdline:1");
}

TEST(Surroundings, AFileHidesThoseOfItsNameInLaterFolders) {
  FakeMachine machine;
  machine.set("/usr/lib/modules-load.d/tls.conf", "tls\n");
  EXPECT_EQ(at_boot(machine), "/usr/lib/modules-load.d/tls.conf:1");
  machine.set("/etc/modules-load.d/tls.conf", "");
  EXPECT_EQ(at_boot(machine), "");
}

TEST(Surroundings, AFailedReadIsKeptWithItsPart) {
  FakeMachine machine;
  machine.set("/etc/modules-load.d/net.conf", "loop\n");
  machine->read_errors["/etc/modules-load.d/net.conf"] = EIO;
  const Surroundings found = seen(machine);
  ASSERT_THAT(found.unread, SizeIs(1));
  EXPECT_EQ(found.unread.front().part, UnreadSurroundings::Part::Boot);
}

TEST(Surroundings, ALinkIsSlowIfBothOfItsEndsCanMore) {
  const auto slow = [](std::string_view current, std::string_view max, std::string_view port) {
    return seen(with_link(current, max, port)).slow_links.size();
  };
  EXPECT_EQ(slow("8.0 GT/s PCIe x8", "16.0 GT/s PCIe x8", ""), 1U);
  EXPECT_EQ(slow("8.0 GT/s PCIe x4", "8.0 GT/s PCIe x8", ""), 1U);
  EXPECT_EQ(slow("8.0 GT/s PCIe x8", "8.0 GT/s PCIe x8", ""), 0U);
  EXPECT_EQ(slow("8.0 GT/s PCIe x8", "16.0 GT/s PCIe x16", "8.0 GT/s PCIe x8"), 0U);
  EXPECT_EQ(slow("2.5 GT/s PCIe x8", "16.0 GT/s PCIe x8", "8.0 GT/s PCIe x8"), 1U);
}

TEST(Surroundings, ALinkThatDoesNotTellIsNotSlow) {
  for (const char* const current : {"Unknown x0", "Unknown x8", "8.0 x0", ". x1", "9999999.0 x1"})
    EXPECT_THAT(seen(with_link(current, "16.0 GT/s PCIe x16", "")).slow_links, IsEmpty())
        << current;
  EXPECT_THAT(seen(with_link("8.0 GT/s PCIe x8", "Unknown x255", "")).slow_links, SizeIs(1))
      << "the width still tells";
}

TEST(Surroundings, MountsThatAskForTlsAndTheDaemonForThem) {
  FakeMachine machine;
  machine.set("/proc/self/mounts",
              "a:/x /srv/a nfs4 rw,xprtsec=mtls,vers=4.2 0 0\nb:/y /srv/b nfs4 rw 0 0\n"
              "c:/z /srv/c ext4 xprtsec=tls 0 0\nshort nfs\n");
  EXPECT_THAT(seen(machine).tls_mounts, ElementsAre("/srv/a"));
  EXPECT_FALSE(seen(machine).tlshd);
  machine.set("/proc/77/comm", "tlshd\n");
  EXPECT_TRUE(seen(machine).tlshd);
}

TEST(Surroundings, WhatThisSystemIs) {
  FakeMachine machine;
  machine.set("/proc/sys/crypto/fips_enabled", "1\n");
  machine.set("/.dockerenv", "");
  EXPECT_TRUE(seen(machine).fips);
  EXPECT_EQ(seen(machine).container, "docker");
  machine.set("/run/systemd/container", "lxc\n");
  EXPECT_EQ(seen(machine).container, "lxc");
}

}  // namespace
}  // namespace tuner
