#include "host/owners/owners_test.h"

namespace tuner::testing {
namespace {

TEST(CollectExternalSettings, BpftuneAndIrqbalanceAreNamedWithTheirPid) {
  FakeMachine machine = two_node_machine();
  EXPECT_EQ(external_of(machine, "irqbalance") + external_of(machine, "bpftune"), "");
  machine.set("/run/irqbalance.pid", "412");
  machine.set("/proc/412/comm", "irqbalance");
  EXPECT_EQ(external_of(machine, "irqbalance"), "irq_affinity * =  (pid 412)\n");
  machine.set("/run/bpftune.pid", "7");
  machine.set("/proc/7/comm", "bpftune");
  const std::string tuned = external_of(machine, "bpftune");
  EXPECT_NE(tuned.find("sysctl net.ipv4.tcp_rmem =  (pid 7)\n"), std::string::npos) << tuned;
  EXPECT_NE(tuned.find("sysctl net.core.rmem_max =  (pid 7)\n"), std::string::npos) << tuned;
  EXPECT_EQ(tuned.find("tcp_notsent_lowat"), std::string::npos) << "bpftune does not write that";
}

TEST(CollectExternalSettings, AreCollectedOnlyIfRequested) {
  FakeMachine machine = two_node_machine();
  machine.set("/etc/sysctl.d/a.conf", "net.core.rmem_max = 1\n");
  EXPECT_TRUE(collect_facts(machine.host(), FactNeed::Nics).external_settings.empty());
  EXPECT_EQ(collect_facts(machine.host(), FactNeed::ExternalSettings).external_settings.size(), 1U);
}

}  // namespace
}  // namespace tuner::testing
