#include "knobs/knob_test.h"

#include <cerrno>

namespace tuner::testing {
namespace {

constexpr const char* kQueue3 = "/sys/class/net/eth0/queues/tx-3";

NicEntry entry(NicSelector select, bool placed = true) {
  NicEntry made{.select = std::move(select), .xps = exactly(word("match-irqs"))};
  if (placed) made.irq_placement = exactly(word("numa-local-spread"));
  return made;
}

Profile profile(NicSelector select, bool placed = true) {
  Profile made;
  made.nics = {entry(std::move(select), placed)};
  return made;
}

const Profile kEth0 = profile({.names = {"eth0"}});

Subject tx3() {
  return expand("xps", kEth0, two_node_facts()).desired_settings.at(3).subject;
}

TEST(Xps, EachQueueHasTheCpuOfItsInterruptAndEachOtherCpuHasOneQueue) {
  const Expanded expanded = expand("xps", kEth0, two_node_facts());
  EXPECT_EQ(expanded.text(), "eth0/tx-0 = 0,2\neth0/tx-1 = 1,3\neth0/tx-2 = 2\neth0/tx-3 = 3\n");
  EXPECT_TRUE(expanded.notes.empty());
  EXPECT_EQ(expanded.desired_settings[0].because,
            "its interrupt goes to CPU 2; CPU 0 has no nearer queue");
  EXPECT_EQ(expanded.desired_settings[0].disruption, Disruption::None);
}

TEST(Xps, FollowsThePlacementOfAllNicsThatShareANode) {
  Facts facts = two_node_facts();
  facts.nics[1].numa_node = 1;
  facts.nics[1].bus_address = "0000:80:00.0";  // comes first: its one queue takes CPU 2
  EXPECT_EQ(expand("xps", profile({.any_physical = true}), facts).text(),
            "eth0/tx-0 = 0,3\neth0/tx-1 = 1-2\neth0/tx-2 = 3\neth0/tx-3 = 2\n");
}

TEST(Xps, SubjectsSurviveRenamesAndEndWithTheirQueue) {
  const Subject queue = tx3();
  EXPECT_EQ(queue.key, "xps:pci:0000:81:00.0/tx-3");
  EXPECT_EQ(queue.name, "eth0/tx-3");
  EXPECT_EQ(queue.place, "/sys/class/net/eth0/queues/tx-3/xps_cpus");
  EXPECT_EQ(queue.device, "pci:0000:81:00.0");
  Facts changed = two_node_facts();
  changed.nics[0].name = "ens1";
  const auto today = find_knob("xps")->locate(queue, changed);
  ASSERT_TRUE(today);
  EXPECT_EQ(today->name, "ens1/tx-3");
  EXPECT_EQ(today->place, "/sys/class/net/ens1/queues/tx-3/xps_cpus");
  changed.nics[0].tx_queues = 3;
  EXPECT_FALSE(find_knob("xps")->locate(queue, changed)) << "fewer queues now";
  for (const char* key : {"xps:pci:0000:81:00.0/tx-", "xps:pci:0000:81:00.0/tx-x", "xps:",
                          "xps:pci:0000:81:00.0/tx-99999999999", "xps:pci:0000:99:00.0/tx-0"})
    EXPECT_FALSE(find_knob("xps")->locate({.knob = "xps", .key = key}, two_node_facts())) << key;
}

TEST(Xps, PortsOfOneFunctionHaveDifferentKeys) {
  Facts facts = two_node_facts();
  facts.nics[1] = facts.nics[0];
  facts.nics[1].name = "eth1";
  facts.nics[1].port = 1;
  const auto desired_settings =
      expand("xps", profile({.any_physical = true}), facts).desired_settings;
  ASSERT_EQ(desired_settings.size(), 8U);
  EXPECT_EQ(desired_settings[7].subject.key, "xps:pci:0000:81:00.0/port-1/tx-3");
  EXPECT_EQ(find_knob("xps")->locate(desired_settings[7].subject, facts)->name, "eth1/tx-3");
}

TEST(Xps, WithOneQueueThereIsNothingToSteer) {
  const Expanded one = expand("xps", profile({.names = {"eth1"}}), two_node_facts());
  EXPECT_TRUE(one.desired_settings.empty());
  EXPECT_EQ(one.notes,
            (std::vector<std::string>{"xps eth1: one transmit queue, nothing to choose from"}));
  Facts facts = two_node_facts();
  facts.nics[1].tx_queues = 0;
  EXPECT_EQ(without_subject(expand("xps", profile({.names = {"eth1"}}), facts).desired_settings),
            "eth1: the NIC has no transmit queue\n");
}

TEST(Xps, MatchIrqsNeedsPlacedInterrupts) {
  const Expanded alone = expand("xps", profile({.names = {"eth0"}}, false), two_node_facts());
  ASSERT_EQ(alone.desired_settings.size(), 1U);
  EXPECT_EQ(alone.desired_settings[0].subject.name, "eth0/tx-0")
      << "of a NIC with one such queue, too";
  EXPECT_EQ(alone.desired_settings[0].unsupported,
            "match-irqs follows irqs.placement, and no entry of this profile places the interrupts "
            "of eth0");
  Facts facts = two_node_facts();
  facts.nics[0].numa_node = -1;
  for (const DesiredSetting& desired : expand("xps", kEth0, facts).desired_settings)
    EXPECT_TRUE(contains(desired.unsupported, "eth0 reports no NUMA node")) << desired.unsupported;
  facts.nics[0].irqs.clear();
  const Expanded down = expand("xps", kEth0, facts);
  EXPECT_EQ(without_subject(down.desired_settings),
            "eth0: none of its interrupts is placed, so match-irqs has no target\n");
}

TEST(Xps, ReadsAndWritesMasksAsTheKernelDoes) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  EXPECT_EQ(observe(tx3(), host).value, Value{CpuSet{}});
  ASSERT_TRUE(write(tx3(), CpuSet::of({1, 3}), host));
  EXPECT_EQ(machine->writes,
            (std::vector<std::string>{"/sys/class/net/eth0/queues/tx-3/xps_cpus = a"}));
  EXPECT_EQ(observe(tx3(), host).value, (Value{CpuSet::of({1, 3})}));
  ASSERT_TRUE(write(tx3(), CpuSet{}, host)) << "what most drivers start with";
  EXPECT_EQ(machine.text(std::string(kQueue3) + "/xps_cpus"), "0");
  machine.set(std::string(kQueue3) + "/xps_cpus", "ff,00000000,00000001");
  EXPECT_EQ(observe(tx3(), host).value, (Value{CpuSet::of({0}) | CpuSet::range(64, 71)}));
}

TEST(Xps, ObservingAQueueTakesAtMostTwoReads) {
  const FakeMachine machine = two_node_machine();
  (void)observe(tx3(), machine.host());
  EXPECT_LE(machine->reads.size(), 2U);
}

TEST(Xps, AMapByReceiveQueueBlocksIt) {
  FakeMachine machine = two_node_machine();
  machine.set(std::string(kQueue3) + "/xps_rxqs", "2");
  const Observation seen = observe(tx3(), machine.host());
  EXPECT_EQ(seen.availability, Availability::Blocked);
  EXPECT_EQ(seen.reason,
            "eth0/tx-3 is steered by receive queue: xps_rxqs takes precedence over "
            "xps_cpus");
  EXPECT_EQ(seen.hint,
            "write 0 to /sys/class/net/eth0/queues/tx-3/xps_rxqs, or leave this NIC out of xps");
  machine.remove(
      std::string("/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0/net/eth0/queues/"
                  "tx-3/xps_rxqs"));
  EXPECT_EQ(observe(tx3(), machine.host()).availability, Availability::Available)
      << "kernels before 4.18";
}

TEST(Xps, FailedReadsAreExplained) {
  const std::string queues = "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0/net/eth0/queues/";
  const struct {
    std::function<void(FakeMachine&)> before;
    Availability availability;
    const char* reason;
  } cases[] = {
      {[&](FakeMachine& m) { m.remove(queues + "tx-3"); }, Availability::Unsupported,
       "eth0/tx-3 is gone"},
      {[&](FakeMachine& m) { m.remove(queues + "tx-3/xps_cpus"); }, Availability::Unsupported,
       "this kernel has no /sys/class/net/eth0/queues/tx-3/xps_cpus"},
      {[&](FakeMachine& m) {
         for (const char* queue : {"tx-0", "tx-1", "tx-2"}) m.remove(queues + queue);
       },
       Availability::Unsupported, "eth0/tx-3 is the only transmit queue"},
      {[&](FakeMachine& m) { m->read_errors[queues + "tx-3/xps_cpus"] = EINVAL; },
       Availability::Unsupported, "eth0/tx-3 belongs to no traffic class"},
      {[&](FakeMachine& m) { m->unreadable.insert(queues + "tx-3/xps_cpus"); },
       Availability::Unreadable, "Permission denied"},
      {[&](FakeMachine& m) { m.set(queues + "tx-3/xps_cpus", "0-x"); }, Availability::Unreadable,
       "xps_cpus: '0-x' is not a CPU mask"},
  };
  for (const auto& one : cases) {
    FakeMachine machine = two_node_machine();
    one.before(machine);
    const Observation seen = observe(tx3(), machine.host());
    EXPECT_EQ(seen.availability, one.availability) << seen.reason;
    EXPECT_TRUE(contains(seen.reason, one.reason)) << seen.reason;
    EXPECT_EQ(seen.value, Value{Absent{}});
  }
}

TEST(Xps, KernelErrorsAreExplained) {
  const Refusal refusals[] = {
      {ENOENT, Fault::Unsupported, "eth0/tx-3 is the only transmit queue", ""},
      {EINVAL, Fault::Invalid, "eth0/tx-3 cannot be set to 3", "no traffic class"},
      {EPERM, Fault::NotPermitted, "eth0/tx-3 cannot be set to 3", "CAP_NET_ADMIN"},
      {EOPNOTSUPP, Fault::Unsupported, "Operation not supported", ""},
  };
  expect_refusals(tx3(), "/sys/devices/pci0000:80/", refusals);
}

TEST(Xps, ListsEveryQueueThatAChangeOfChannelsResets) {
  const Facts facts = two_node_facts();
  const auto four = find_knob("xps")->subjects_on_nic(facts.nics[0]);
  ASSERT_EQ(four.size(), 4U);
  EXPECT_EQ(four[3], tx3());
  EXPECT_TRUE(find_knob("xps")->subjects_on_nic(facts.nics[1]).empty()) << "one queue has no map";
}

TEST(Xps, OnlyASetOfCpusIsWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const auto written = write(tx3(), std::int64_t{3}, host);
  EXPECT_EQ(written.error().fault, Fault::Invalid);
  EXPECT_EQ(written.error().text, "eth0/tx-3: 3 is not a set of CPUs");
  EXPECT_EQ(machine.fuse->count(), 0);
}

}  // namespace
}  // namespace tuner::testing
