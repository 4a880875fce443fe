#include "host/facts/collect.h"
#include "host/facts/parts.h"
#include "support/fake_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using testing::FakeMachine;
using testing::two_node_machine;

std::vector<Nic> nics_of(const FakeMachine& machine, FactNeed needs = FactNeed::Nics) {
  const Host host = machine.host();
  UnreadList unread;
  return collect_nics(host, needs, unread);
}

const Nic& named(const std::vector<Nic>& nics, std::string_view name) {
  static const Nic kNone;
  for (const Nic& nic : nics) {
    if (nic.name == name) return nic;
  }
  ADD_FAILURE() << "no " << name;
  return kNone;
}

// virtio0 below its PCI function, as on cloud machines.
FakeMachine virtio_machine(std::string_view node_of_parent) {
  FakeMachine machine;
  const std::string function = "/sys/devices/pci0000:00/0000:00:03.0";
  machine.link("/sys/class/net/ens3", function + "/virtio0/net/ens3");
  machine.link(function + "/virtio0/net/ens3/device", function + "/virtio0");
  machine.link(function + "/virtio0/driver", "/sys/bus/virtio/drivers/virtio_net");
  machine.set("/sys/bus/virtio/drivers/virtio_net/uevent", "");
  machine.set(function + "/virtio0/vendor", "0x1af4");
  machine.set(function + "/virtio0/net/ens3/uevent", "INTERFACE=ens3\nIFINDEX=2");
  machine.set(function + "/numa_node", node_of_parent);
  return machine;
}

TEST(CollectNics, DistinguishesPortsOfOneFunction) {
  FakeMachine machine = two_node_machine();
  EXPECT_EQ(named(nics_of(machine), "eth0").key(), "pci:0000:81:00.0");
  machine.set("/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0/net/eth0/dev_port", "1");
  EXPECT_EQ(named(nics_of(machine), "eth0").key(), "pci:0000:81:00.0/port-1");
}

TEST(CollectNics, ReadsAPhysicalNic) {
  const auto nics = nics_of(two_node_machine());
  ASSERT_EQ(nics.size(), 2U) << "without lo";
  const Nic& nic = named(nics, "eth0");
  EXPECT_TRUE(nic.physical);
  EXPECT_EQ(nic.kind, "physical");
  EXPECT_EQ(nic.ifindex, 2);
  EXPECT_EQ(nic.driver, "vmxnet3");
  EXPECT_EQ(nic.bus_address, "0000:81:00.0");
  EXPECT_EQ(nic.permanent_address, "52:54:00:00:00:01");
  EXPECT_EQ(nic.operstate, "up");
  EXPECT_EQ(nic.numa_node, 1);
  EXPECT_EQ(nic.numa_node_source, "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0/numa_node");
  EXPECT_TRUE(nic.carries_default_route);
  EXPECT_FALSE(named(nics, "eth1").carries_default_route);
  EXPECT_EQ(nic.rx_queues, 4);
  EXPECT_EQ(nic.tx_queues, 4);
  EXPECT_TRUE(nic.features.empty()) << "not requested";
  EXPECT_TRUE(nic.irqs.empty()) << "not requested";
}

TEST(CollectNics, AVirtioNicHasItsParentsNode) {
  const Nic nic = named(nics_of(virtio_machine("1")), "ens3");
  EXPECT_EQ(nic.driver, "virtio_net");
  EXPECT_EQ(nic.bus_address, "0000:00:03.0");
  EXPECT_EQ(nic.ifindex, 2);
  EXPECT_EQ(nic.numa_node, 1);
  EXPECT_EQ(nic.key(), "pci:0000:00:03.0");
}

TEST(CollectNics, UsesTheNearestParentEvenIfItHasMinusOne) {
  FakeMachine machine = virtio_machine("-1");
  machine.set("/sys/devices/pci0000:00/numa_node", "0");
  const Nic nic = named(nics_of(machine), "ens3");
  EXPECT_EQ(nic.numa_node, -1);
  EXPECT_EQ(nic.numa_node_source, "/sys/devices/pci0000:00/0000:00:03.0/numa_node");
}

TEST(CollectNics, AnUnknownNodeHasNoSource) {
  FakeMachine machine = virtio_machine("1");
  machine.remove("/sys/devices/pci0000:00/0000:00:03.0/numa_node");
  const Nic nic = named(nics_of(machine), "ens3");
  EXPECT_EQ(nic.numa_node, -1);
  EXPECT_EQ(nic.numa_node_source, "");
}

FakeMachine machine_with_bond_and_vlan() {
  FakeMachine machine = two_node_machine();
  machine.set("/sys/class/net/bonding_masters", "bond0");
  machine.set("/sys/class/net/bond0/uevent", "DEVTYPE=bond\nINTERFACE=bond0\nIFINDEX=7");
  machine.set("/sys/class/net/bond0/bonding/slaves", "eth0 eth1");
  machine.set("/sys/class/net/bond0/bonding/mode", "802.3ad 4");
  machine.set("/sys/class/net/bond0/bonding/xmit_hash_policy", "layer3+4 1");
  machine.link("/sys/class/net/bond0/lower_eth0", "/sys/class/net/eth0");
  machine.link("/sys/class/net/bond0/lower_eth1", "/sys/class/net/eth1");
  machine.set("/sys/class/net/bond0.100/uevent", "DEVTYPE=vlan\nINTERFACE=bond0.100\nIFINDEX=8");
  machine.link("/sys/class/net/bond0.100/lower_bond0", "/sys/class/net/bond0");
  machine.set("/sys/class/net/veth0/uevent", "INTERFACE=veth0\nIFINDEX=9");
  machine.set("/proc/net/route",
              "bond0.100\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
  return machine;
}

TEST(CollectNics, BondsAndVlansHaveTheirLowerDevices) {
  const auto nics = nics_of(machine_with_bond_and_vlan());
  EXPECT_EQ(nics.size(), 5U) << "bonding_masters is not an interface";
  EXPECT_EQ(named(nics, "bond0").kind, "bond");
  EXPECT_THAT(named(nics, "bond0").lowers, ElementsAre("eth0", "eth1"));
  EXPECT_EQ(named(nics, "bond0.100").kind, "vlan");
  EXPECT_THAT(named(nics, "bond0.100").lowers, ElementsAre("bond0"));
  EXPECT_EQ(named(nics, "veth0").kind, "virtual");
  EXPECT_EQ(named(nics, "veth0").key(), "name:veth0");
}

TEST(CollectNics, ReadsTheModeAndHashPolicyOfABond) {
  FakeMachine machine = machine_with_bond_and_vlan();
  const auto nics = nics_of(machine);
  EXPECT_EQ(named(nics, "bond0").bond_mode, "802.3ad");
  EXPECT_EQ(named(nics, "bond0").bond_hash_policy, "layer3+4");
  EXPECT_EQ(named(nics, "eth0").bond_mode, "");
  machine.remove("/sys/class/net/bond0/bonding/mode");
  EXPECT_EQ(named(nics_of(machine), "bond0").bond_mode, "");
}

TEST(CollectNics, ReadsPciIdsVirtualFunctionAndSwitchdev) {
  FakeMachine machine = two_node_machine();
  const std::string function = "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0";
  machine.set(function + "/vendor", "0x15b3");
  machine.set(function + "/device", "0x101d");
  EXPECT_EQ(named(nics_of(machine), "eth0").pci_ids, "15b3:101d");
  EXPECT_FALSE(named(nics_of(machine), "eth0").virtual_function);
  EXPECT_FALSE(named(nics_of(machine), "eth0").switchdev);
  machine.link(function + "/physfn", "../0000:81:00.1");
  machine.set("/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.1/vendor", "0x15b3");
  machine.set(function + "/net/eth0/phys_switch_id", "1c34da0300");
  EXPECT_TRUE(named(nics_of(machine), "eth0").virtual_function);
  EXPECT_TRUE(named(nics_of(machine), "eth0").switchdev);
  EXPECT_EQ(named(nics_of(machine), "eth1").pci_ids, "") << "it has no vendor and device files";
}

TEST(CollectNics, AVirtioNicHasTheIdsOfItsPciFunction) {
  FakeMachine machine = virtio_machine("1");
  machine.link("/sys/bus/pci/devices/0000:00:03.0", "/sys/devices/pci0000:00/0000:00:03.0");
  machine.set("/sys/devices/pci0000:00/0000:00:03.0/vendor", "0x1af4");
  machine.set("/sys/devices/pci0000:00/0000:00:03.0/device", "0x1041");
  EXPECT_EQ(named(nics_of(machine), "ens3").pci_ids, "1af4:1041");
  machine.set("/sys/devices/pci0000:00/0000:00:03.0/device", "0xno number");
  EXPECT_EQ(named(nics_of(machine), "ens3").pci_ids, "");
}

TEST(CollectNics, LowerDevicesCarryTheDefaultRoute) {
  for (const Nic& nic : nics_of(machine_with_bond_and_vlan()))
    EXPECT_EQ(nic.carries_default_route, nic.name != "veth0") << nic.name;
}

TEST(CollectNics, LowerDevicesCarryTheLoginSession) {
  FakeMachine machine = machine_with_bond_and_vlan();
  for (const Nic& nic : nics_of(machine)) EXPECT_FALSE(nic.carries_login_session) << nic.name;
  machine->nics["bond0.100"].address = "192.0.2.1";
  machine.set("/proc/self/status", "Pid:\t812\nPPid:\t1\n");
  machine.set("/proc/self/environ", "SSH_CONNECTION=192.0.2.7 51234 192.0.2.1 22");
  for (const Nic& nic : nics_of(machine)) {
    EXPECT_EQ(nic.carries_login_session, nic.name != "veth0") << nic.name;
    EXPECT_EQ(nic.session_evidence.empty(), nic.name == "veth0") << nic.name;
  }
}

TEST(CollectNics, ReadsFeaturesOnlyIfRequested) {
  const auto nics = nics_of(two_node_machine(), FactNeed::Nics | FactNeed::NicFeatures);
  EXPECT_TRUE(named(nics, "eth0").features.at("tls-hw-tx-offload").supported);
  EXPECT_TRUE(named(nics, "eth1").features.at("tls-hw-tx-offload").fixed);
}

TEST(CollectNics, KeepsTheErrorOfUnreadableFeatures) {
  FakeMachine machine = two_node_machine();
  machine->nics["eth1"].features_error = testing::answer(EPERM, "ask eth1 for its features");
  const auto nics = nics_of(machine, FactNeed::NicFeatures);
  EXPECT_TRUE(named(nics, "eth1").features.empty());
  EXPECT_THAT(named(nics, "eth1").features_unreadable,
              ::testing::HasSubstr("ask eth1 for its features"));
  EXPECT_EQ(named(nics, "eth0").features_unreadable, "");
}

TEST(CollectNics, AMachineWithoutInterfacesHasNone) {
  EXPECT_TRUE(nics_of(FakeMachine(), FactNeed::All).empty());
}

const std::string kEth0 = "pci:0000:81:00.0";

TEST(CollectNics, AsksTheDriversOfTheNamedNicsAlone) {
  FakeMachine machine = two_node_machine();
  machine->nics.at("eth1").features_error = testing::answer(EIO, "features of eth1");
  constexpr FactNeed kAll =
      FactNeed::Nics | FactNeed::NicFeatures | FactNeed::NicShape | FactNeed::Irqs;
  const NicScope one{.keys = {&kEth0, 1}, .irqs_of_all = false};
  const Facts facts = collect_facts(machine.host(), kAll, std::nullopt, one);
  const Nic& other = *facts.nic("eth1");
  EXPECT_FALSE(facts.nic("eth0")->features.empty());
  EXPECT_FALSE(facts.nic("eth0")->irqs.empty());
  EXPECT_GT(other.rx_queues, 0) << "the interfaces themselves are read of all";
  EXPECT_TRUE(other.irqs.empty());
  EXPECT_THAT(other.features_unreadable, ::testing::StartsWith("not looked at"));
  EXPECT_EQ(facts.unread.failed(kAll), nullptr) << "it was not asked";
  for (const FactNeed part : {FactNeed::NicFeatures, FactNeed::NicShape, FactNeed::Irqs}) {
    const auto about = facts.unread.about(part, "eth1");
    ASSERT_EQ(about.size(), 1U) << fact_part_name(part);
    EXPECT_EQ(about.front()->error.fault, Fault::NotRecorded);
    EXPECT_TRUE(facts.unread.about(part, "eth0").empty()) << fact_part_name(part);
  }

  const Facts placed = collect_facts(machine.host(), kAll, std::nullopt, {.keys = {&kEth0, 1}});
  EXPECT_FALSE(placed.nic("eth1")->irqs.empty());
  EXPECT_TRUE(placed.unread.about(FactNeed::Irqs, "eth1").empty());
  EXPECT_NE(collect_facts(machine.host(), kAll).unread.failed(kAll), nullptr) << "asked of all";
}

// A bond offloads only if each of its NICs does.
TEST(CollectNics, WhatABondConnectsIsInOneScope) {
  const auto nics = nics_of(machine_with_bond_and_vlan());
  EXPECT_THAT(in_scope(nics, {&kEth0, 1}).value(),
              ElementsAre("bond0", "bond0.100", "eth0", "eth1"));
  const std::string veth = "name:veth0";
  EXPECT_THAT(in_scope(nics, {&veth, 1}).value(), ElementsAre("veth0"));
  EXPECT_EQ(in_scope(nics, {}), std::nullopt);
}

std::vector<std::string> read_alone(const FakeMachine& machine, std::vector<std::string> names) {
  std::vector<std::string> found;
  for (const Nic& nic : collect_nics_alone(machine.host(), names).nics) found.push_back(nic.name);
  return found;
}

TEST(CollectNics, OneNicAloneIsReadWithoutTheOthers) {
  FakeMachine machine = two_node_machine();
  EXPECT_THAT(read_alone(machine, {"eth0"}), ElementsAre("eth0"));
  EXPECT_EQ(machine.reads_below("/sys/class/net/eth1"), 0);
  EXPECT_GT(machine.reads_below("/sys/kernel/irq"), 0);
  const Facts facts = collect_nics_alone(machine.host(), std::vector<std::string>{"eth0"});
  const Facts all = collect_facts(machine.host(), FactNeed::Nics | FactNeed::Irqs);
  EXPECT_EQ(facts.nic("eth0")->irqs.size(), all.nic("eth0")->irqs.size());
  EXPECT_THAT(read_alone(machine, {"eth9", "../net/eth0", "", ".", "lo"}), ElementsAre());
}

TEST(CollectNics, AVlanAloneIsReadWithAllBelowIt) {
  FakeMachine machine = machine_with_bond_and_vlan();
  EXPECT_THAT(read_alone(machine, {"bond0.100"}),
              ElementsAre("bond0", "bond0.100", "eth0", "eth1"));
  machine.link("/sys/class/net/eth0/lower_bond0", "/sys/class/net/bond0");
  EXPECT_THAT(read_alone(machine, {"bond0"}), ElementsAre("bond0", "eth0", "eth1")) << "a loop";
}

}  // namespace
}  // namespace tuner
