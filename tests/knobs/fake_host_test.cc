// The fake must behave like the kernel, or the tests that use it prove nothing.
#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner::testing {
namespace {

TEST(FakeHost, ReadsThroughLinksAndListsFolders) {
  const FakeMachine machine = two_node_machine();
  const Host host = machine.host();
  EXPECT_EQ(host.files().read("/sys/class/net/eth0/device/numa_node").value(), "1\n");
  EXPECT_EQ(host.files().resolve("/sys/class/net/eth0/device").value(),
            "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0");
  EXPECT_EQ(host.files().list("/sys/class/net").value(),
            (std::vector<std::string>{"eth0", "eth1", "lo"}));
  EXPECT_EQ(host.files().read("/sys/class/net/eth9/type").error().fault, Fault::NotFound);
  EXPECT_EQ(machine.reads_below("/sys/class/net"), 2) << "the list and the missing file";
}

TEST(FakeHost, CircularLinksAreMissing) {
  FakeMachine machine;
  machine.link("/a", "/b");
  machine.link("/b", "/a");
  EXPECT_FALSE(machine.host().files().exists("/a"));
}

TEST(FakeHost, SysctlTriplesReadBackWithTabsAndBadOnesAreRefused) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const std::string_view path = "/proc/sys/net/ipv4/tcp_wmem";
  ASSERT_TRUE(host.files().write(path, "4096 16384 16777216"));
  EXPECT_EQ(host.files().read(path).value(), "4096\t16384\t16777216\n");
  EXPECT_EQ(host.files().write(path, "4096 many").error().fault, Fault::Invalid);
  EXPECT_EQ(host.files().write("/proc/sys/net/core/rmem_max", "1").error().fault, Fault::Invalid);
  EXPECT_EQ(machine->writes,
            (std::vector<std::string>{"/proc/sys/net/ipv4/tcp_wmem = 4096 16384 16777216"}));
}

TEST(FakeHost, ReadOnlyAndUnreadableFilesFailWithNotPermitted) {
  const FakeMachine machine = two_node_machine();
  machine->read_only.insert("/proc/sys/net/core/wmem_max");
  machine->unreadable.insert("/proc/sys/net/core/wmem_max");
  Host host = machine.host();
  EXPECT_EQ(host.files().write("/proc/sys/net/core/wmem_max", "1").error().fault,
            Fault::NotPermitted);
  EXPECT_EQ(host.files().read("/proc/sys/net/core/wmem_max").error().fault, Fault::NotPermitted);
}

TEST(FakeHost, EppIsBusyUnderTheGovernorPerformanceAndReturnsWithPowersave) {
  const FakeMachine machine = two_node_machine();
  const std::map<std::string, std::string> before = machine.snapshot();
  Host host = machine.host();
  const std::string policy = "/sys/devices/system/cpu/cpufreq/policy0/";
  ASSERT_TRUE(host.files().write(policy + "scaling_governor", "performance"));
  EXPECT_EQ(machine.text(policy + "energy_performance_preference"), "performance");
  EXPECT_EQ(host.files().write(policy + "energy_performance_preference", "power").error().fault,
            Fault::Busy);
  ASSERT_TRUE(host.files().write(policy + "scaling_governor", "powersave"));
  EXPECT_EQ(machine.snapshot(), before);
}

TEST(FakeHost, EffectiveAffinityFollowsWithTheNextInterrupt) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  ASSERT_TRUE(host.files().write("/proc/irq/27/smp_affinity_list", "3"));
  EXPECT_EQ(machine.text("/proc/irq/27/effective_affinity_list"), "2");
  machine.interrupt(27);
  EXPECT_EQ(machine.text("/proc/irq/27/effective_affinity_list"), "3");
  EXPECT_EQ(host.files().write("/proc/irq/27/smp_affinity_list", "9").error().fault,
            Fault::Invalid);
}

TEST(FakeHost, TlsOffloadIsRequestedButNotActiveWithoutChecksums) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const std::vector<FeatureChange> changes{{"tls-hw-tx-offload", true},
                                           {"tx-checksum-ip-generic", false}};
  ASSERT_TRUE(host.nics().set_features("eth0", changes));
  const NicFeature tls = host.nics().features("eth0").value().at("tls-hw-tx-offload");
  EXPECT_TRUE(tls.requested);
  EXPECT_FALSE(tls.active);
  ASSERT_TRUE(host.nics().set_features("eth1", changes)) << "fixed: silently ignored";
  EXPECT_FALSE(host.nics().features("eth1").value().at("tls-hw-tx-offload").requested);
}

TEST(FakeHost, LoadingAndUnloadingAModuleLeavesNoTrace) {
  const FakeMachine machine = two_node_machine();
  const std::map<std::string, std::string> before = machine.snapshot();
  Host host = machine.host();
  ASSERT_TRUE(host.modules().load("tls"));
  EXPECT_TRUE(host.files().exists("/sys/module/tls"));
  EXPECT_EQ(machine.text("/proc/sys/net/ipv4/tcp_available_ulp"), "espintcp mptcp tls");
  machine->modules["tls"].busy = true;
  EXPECT_EQ(host.modules().unload("tls").error().fault, Fault::Busy);
  machine->modules["tls"].busy = false;
  ASSERT_TRUE(host.modules().unload("tls"));
  EXPECT_EQ(machine.snapshot(), before);
  EXPECT_EQ(host.modules().load("nonsense").error().fault, Fault::NotFound);
}

TEST(FakeHost, TheFuseEndsOneProcessForAllItsPorts) {
  const FakeMachine machine = two_node_machine();
  machine.fuse->start_guard(WriteFuse::Kind::EndOfProcess, 1);
  Host killed = machine.host();
  EXPECT_TRUE(killed.modules().load("tls"));
  EXPECT_FALSE(killed.files().write("/proc/sys/net/core/wmem_max", "1"));
  EXPECT_FALSE(killed.nics().set_features("eth0", {}));
  machine.fuse->disarm();
  Host next = machine.host();
  EXPECT_TRUE(next.files().write("/proc/sys/net/core/wmem_max", "1"));
}

TEST(FakeHost, SleepingMovesTheClock) {
  const FakeMachine machine = two_node_machine();
  const Host host = machine.host();
  const auto before = host.clock().now();
  host.clock().sleep(std::chrono::seconds(3));
  EXPECT_EQ(host.clock().now() - before, std::chrono::seconds(3));
}

}  // namespace
}  // namespace tuner::testing
