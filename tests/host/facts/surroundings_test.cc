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
  EXPECT_THAT(found.kernel_users, IsEmpty());
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
  EXPECT_THAT(seen(machine).kernel_users, ElementsAre("/srv/a"));
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

TEST(Surroundings, NameEveryUserOfTlsInTheKernel) {
  FakeMachine machine;
  machine.set("/etc/exports",
              "# /old *(xprtsec=tls)\n/srv 10.0.0.0/8(rw,xprtsec=tls:mtls)\n/x *(ro)");
  machine.set("/etc/exports.d/a.exports", "/home *(xprtsec=none:mtls,rw)\n");
  machine.set("/etc/exports.d/a.old", "/old *(xprtsec=mtls)\n");
  machine.set("/sys/class/nvme/nvme0/transport", "pcie");
  machine.set("/sys/class/nvme/nvme1/transport", "tcp");
  machine.set("/sys/class/nvme/nvme2/transport", "tcp");
  machine.set("/sys/class/nvme/nvme2/tls_key", "2f1c0a11");
  machine.set("/sys/class/nvme/nvme3/transport", "tcp");
  machine.set("/sys/class/nvme/nvme3/tls_configured_key", "");
  machine.set("/sys/kernel/config/nvmet/ports/1/addr_tsas", "none");
  machine.set("/sys/kernel/config/nvmet/ports/2/addr_tsas", "tls1.3");
  const Surroundings found = seen(machine);
  EXPECT_THAT(found.kernel_users,
              ElementsAre("export /srv", "export /home", "nvme2", "nvme3", "NVMe target port 2"));
  EXPECT_FALSE(found.tlshd);
}

TEST(Surroundings, TellAVirtualMachineByTheCpu) {
  FakeMachine machine;
  machine.set("/sys/class/dmi/id/sys_vendor", "QEMU");
  machine.set("/sys/devices/system/cpu/modalias",
              "cpu:type:x86,ven0000fam0006mod0055:feature:,0000,0099,00A0");
  EXPECT_EQ(seen(machine).virtual_machine, "");
  machine.set("/sys/devices/system/cpu/modalias",
              "cpu:type:x86,ven0000fam0006mod0055:feature:,0000,0099,009F");
  EXPECT_EQ(seen(machine).virtual_machine, "QEMU");
}

TEST(Surroundings, KnowAKernelThatWarned) {
  FakeMachine machine;
  machine.set("/proc/sys/kernel/tainted", "4096");
  EXPECT_FALSE(seen(machine).warned);
  machine.set("/proc/sys/kernel/tainted", "4608");
  EXPECT_TRUE(seen(machine).warned);
}

TEST(Surroundings, FindTheIdleStatesThatTakeLong) {
  FakeMachine machine;
  const auto state = [&](int cpu, int number, std::string_view name, int latency, int disable) {
    const std::string folder =
        fmt::format("/sys/devices/system/cpu/cpu{}/cpuidle/state{}", cpu, number);
    machine.set(folder + "/name", name);
    machine.set(folder + "/latency", std::to_string(latency));
    machine.set(folder + "/disable", std::to_string(disable));
  };
  machine.set("/sys/devices/system/cpu/cpuidle/current_driver", "intel_idle");
  for (const int cpu : {0, 1, 2}) {
    state(cpu, 0, "POLL", 0, 0);
    state(cpu, 1, "C1", 2, 0);
    state(cpu, 2, "C6", 133, cpu == 1 ? 1 : 0);
    state(cpu, 3, "C8", 400, 1);
  }
  auto found = seen(machine).deep_idle;
  ASSERT_TRUE(found);
  EXPECT_EQ(found->driver, "intel_idle");
  EXPECT_EQ(found->state, "C8");
  EXPECT_EQ(found->latency_us, 400);
  EXPECT_EQ(found->numbers, "[23]");
  EXPECT_EQ(found->cpus, 2);
  for (const int cpu : {0, 2}) state(cpu, 2, "C6", 133, 1);
  EXPECT_FALSE(seen(machine).deep_idle);
}

TEST(Surroundings, AnIdleStateThatCannotBeReadIsKept) {
  FakeMachine machine;
  machine.set("/sys/devices/system/cpu/cpu0/cpuidle/state1/latency", "133");
  machine.set("/sys/devices/system/cpu/cpu0/cpuidle/state1/disable", "0");
  machine->unreadable.insert("/sys/devices/system/cpu/cpu0/cpuidle/state1/disable");
  const Surroundings found = seen(machine);
  EXPECT_FALSE(found.deep_idle);
  ASSERT_THAT(found.unread, SizeIs(1));
  EXPECT_EQ(found.unread.front().part, UnreadSurroundings::Part::Idle);
}

}  // namespace
}  // namespace tuner
