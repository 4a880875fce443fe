#include "host/facts/collect.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;
using testing::two_node_machine;

TEST(CollectFacts, ReadsAWholeMachine) {
  const Facts facts = collect_facts(two_node_machine().host(), FactNeed::All);
  EXPECT_EQ(facts.host.hostname, "fake");
  EXPECT_EQ(facts.host.kernel, testing::kFakeKernel);
  EXPECT_EQ(facts.host.boot_id, testing::kFakeBootId);
  EXPECT_FALSE(facts.host.emulated);
  EXPECT_EQ(facts.kernel.tls.state, ModuleState::Loadable);
  EXPECT_TRUE(facts.topology.problems.empty());
  EXPECT_EQ(facts.topology.nodes.size(), 2U);
  EXPECT_EQ(facts.cpufreq.size(), 4U);
  ASSERT_NE(facts.nic("eth0"), nullptr);
  EXPECT_EQ(facts.nic("eth0")->irqs.size(), 5U);
  EXPECT_FALSE(facts.nic("eth0")->features.empty());
  EXPECT_EQ(facts.tls_stat, std::nullopt);
}

TEST(CollectFacts, ReadsOnlyTheRequestedParts) {
  FakeMachine machine = two_node_machine();
  machine.forget();
  collect_facts(machine.host(), FactNeed::None);
  for (const char* place :
       {"/sys/class/net", "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/kernel/irq",
        "/proc/net", "/proc/config.gz", "/boot", "/lib/modules", "/sys/module", "/etc",
        "/sys/fs/cgroup", "/proc/sys/net"})
    EXPECT_EQ(machine.reads_below(place), 0) << place;
  collect_facts(machine.host(), FactNeed::Topology);
  EXPECT_GT(machine.reads_below("/sys/devices/system/node"), 0);
  EXPECT_EQ(machine.reads_below("/sys/devices/system/cpu/cpufreq"), 0);
  collect_facts(machine.host(), FactNeed::Nics);
  EXPECT_EQ(machine.reads_below("/sys/kernel/irq"), 0);
}

TEST(CollectFacts, APartThatWasNotLookedAtIsNotAbsent) {
  const FakeMachine machine = two_node_machine();
  const Facts facts = collect_facts(machine.host(), FactNeed::Topology);
  EXPECT_FALSE(has(facts.looked_at, FactNeed::Kernel | FactNeed::TlsStat));
  EXPECT_FALSE(has(facts.looked_at, FactNeed::ExternalSettings));
  EXPECT_EQ(facts.kernel.tls.state, ModuleState::Unknown);
  EXPECT_TRUE(has(facts.looked_at, FactNeed::Topology));
}

TEST(CollectFacts, TheModuleAndItsCountersDoNotNeedTheConfiguration) {
  FakeMachine machine = two_node_machine();
  machine.set("/boot/config-6.1.0-32-amd64", "CONFIG_TLS=m\n");
  machine.set("/proc/net/tls_stat", "TlsCurrTxSw 7\n");
  machine.forget();
  const Facts facts = collect_facts(machine.host(), FactNeed::TlsModule | FactNeed::TlsStat);
  EXPECT_NE(facts.kernel.tls.state, ModuleState::Unknown);
  ASSERT_TRUE(facts.tls_stat);
  EXPECT_EQ(facts.tls_stat->at("TlsCurrTxSw"), 7U);
  EXPECT_EQ(facts.kernel.config_source, "");
}

TEST(CollectFacts, OwnersAreFoundLaterForTheNicsThatAreKnown) {
  FakeMachine machine = two_node_machine();
  machine.set("/etc/sysctl.d/a.conf", "net.core.rmem_max = 1\n");
  const Facts facts = collect_facts(machine.host(), FactNeed::Nics);
  EXPECT_TRUE(facts.external_settings.empty());
  const Facts found = collect_owners(machine.host(), facts);
  EXPECT_EQ(found.external_settings.size(), 1U);
  EXPECT_EQ(found.nics.size(), facts.nics.size());
  EXPECT_TRUE(has(found.looked_at, FactNeed::Nics | FactNeed::ExternalSettings));
}

TEST(CollectFacts, AnEmptyMachineDoesNotCrash) {
  const Facts facts = collect_facts(FakeMachine().host(), FactNeed::All);
  EXPECT_EQ(facts.host.kernel, "");
  EXPECT_FALSE(facts.topology.problems.empty());
  EXPECT_TRUE(facts.nics.empty());
}

TEST(CollectFacts, DetectsEmulationFromFirmwareAndClocks) {
  const char* clocks = "/sys/devices/system/clocksource/clocksource0/available_clocksource";
  const struct {
    const char* vendor;
    const char* clocks;
    bool emulated;
  } cases[] = {
      {"QEMU", "tsc hpet acpi_pm", true},
      {"QEMU", "hpet acpi_pm", true},
      {"QEMU", "kvm-clock tsc acpi_pm", false},
      {"QEMU", "arch_sys_counter", false},
      {"QEMU", "", false},
      {"Dell Inc.", "tsc hpet acpi_pm", false},
      {"", "tsc hpet acpi_pm", false},
  };
  for (const auto& row : cases) {
    FakeMachine machine;
    machine.set("/sys/class/dmi/id/sys_vendor", row.vendor);
    machine.set(clocks, row.clocks);
    EXPECT_EQ(collect_identity(machine.host()).emulated, row.emulated)
        << row.vendor << " " << row.clocks;
  }
}

}  // namespace
}  // namespace tuner
