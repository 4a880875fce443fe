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

TEST(CollectExternalSettings, TheGuestAgentOwnsInterruptsOfItsDrivers) {
  FakeMachine machine = two_node_machine();
  machine.set("/sys/class/dmi/id/sys_vendor", "Google");
  machine.set("/sys/fs/cgroup/system.slice/google-guest-agent.service/cgroup.procs", "800");
  machine.set("/proc/800/comm", "google_guest_ag");
  EXPECT_EQ(external_of(machine, "google-guest-agent"), "") << "vmxnet3 and e1000e are not its";
  const auto drive = [&](const std::string& device, const std::string& driver) {
    machine->links[device + "/driver"] = "/sys/bus/pci/drivers/" + driver;
    machine->folders.insert("/sys/bus/pci/drivers/" + driver);
  };
  drive("/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0", "gve");
  EXPECT_EQ(external_of(machine, "google-guest-agent"), "eth0: irq_affinity * =  (pid 800)\n");
  drive("/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0", "idpf");
  EXPECT_EQ(external_of(machine, "google-guest-agent"),
            "eth0: irq_affinity * =  (pid 800)\neth0: nic_channels combined =  (pid 800)\n"
            "eth0: nic_rings rx =  (pid 800)\neth0: nic_rings tx =  (pid 800)\n");
  machine.set("/etc/default/instance_configs.cfg", "[InstanceSetup]\nset_multiqueue = false\n");
  EXPECT_EQ(external_of(machine, "google-guest-agent"), "") << "switched off";
}

TEST(CollectExternalSettings, AreCollectedOnlyIfRequested) {
  FakeMachine machine = two_node_machine();
  machine.set("/etc/sysctl.d/a.conf", "net.core.rmem_max = 1\n");
  EXPECT_TRUE(collect_facts(machine.host(), FactNeed::Nics).external_settings.empty());
  EXPECT_EQ(collect_facts(machine.host(), FactNeed::ExternalSettings).external_settings.size(), 1U);
}

}  // namespace
}  // namespace tuner::testing
