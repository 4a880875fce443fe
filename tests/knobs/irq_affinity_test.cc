#include "knobs/knob_test.h"

#include <fmt/format.h>

#include <cerrno>

namespace tuner::testing {
namespace {

NicEntry entry(NicSelector select, std::string_view placement = "numa-local-spread", int line = 1) {
  return {.select = std::move(select),
          .irq_placement = exactly(word(placement), line),
          .origin = {.file = "p.yaml", .line = line, .column = 5}};
}

Profile profile(std::vector<NicEntry> nics) {
  Profile made;
  made.nics = std::move(nics);
  return made;
}

const Profile kAll = profile({entry({.any_physical = true})});

Subject rxtx3() {
  return expand("irq_affinity", kAll, two_node_facts()).desired_settings.at(3).subject;
}

TEST(IrqAffinity, EveryQueuesInterruptGetsACpuOfTheNicsNode) {
  const Expanded expanded = expand("irq_affinity", kAll, two_node_facts());
  EXPECT_EQ(expanded.text(),
            "eth0/rxtx-0 = 2\neth0/rxtx-1 = 3\neth0/rxtx-2 = 2\neth0/rxtx-3 = 3\n"
            "eth1/rx-0 = 0\neth1/tx-0 = 0\n");
  EXPECT_TRUE(expanded.notes.empty());
  EXPECT_EQ(expanded.desired_settings[0].because, "queue 0 on core 0 of node 1 (2 cores, 1 NIC)");
  EXPECT_EQ(expanded.desired_settings[0].setting.origin.file, "p.yaml");
  EXPECT_EQ(expanded.desired_settings[0].disruption, Disruption::None);
}

TEST(IrqAffinity, WhatIsUnusualAboutQueuesIsNoted) {
  Facts facts = two_node_facts();
  facts.nics[0].irq_doubts = {"interrupt 24 (eth0-rxtx-0): …"};
  facts.nics[1].threads = NapiThreads::On;
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  ASSERT_EQ(expanded.notes.size(), 2U);
  EXPECT_EQ(expanded.notes[0],
            "irq_affinity eth0: in doubt: interrupt 24 (eth0-rxtx-0): …; the kernel's list of "
            "queues counts");
  EXPECT_TRUE(expanded.notes[1].starts_with("irq_affinity eth1: NAPI polls in threads"))
      << expanded.notes[1];
}

// Names remain: no subject is missed, and none becomes unreadable.
TEST(IrqAffinity, AnUnreadableListOfQueuesIsNotedAndNamesCount) {
  Facts facts = two_node_facts();
  facts.unread.push_back({FactNeed::NicQueues, "eth0", answer(EIO, "list the queues of eth0")});
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  EXPECT_EQ(expanded.desired_settings.size(), 6U);
  ASSERT_EQ(expanded.notes.size(), 1U);
  EXPECT_EQ(expanded.notes[0],
            "irq_affinity eth0: the kernel's list of queues is not known, so the names of "
            "interrupts alone tell their queues: list the queues of eth0: Input/output error");
  EXPECT_FALSE(has(find_knob("irq_affinity")->info.needs, FactNeed::NicQueues));
}

TEST(IrqAffinity, SubjectsSurviveRenamesAndNewNumbers) {
  const Subject irq = rxtx3();
  EXPECT_EQ(irq.key, "irq:0000:81:00.0/rxtx-3");
  EXPECT_EQ(irq.name, "eth0/rxtx-3");
  EXPECT_EQ(irq.place, "27");
  Facts changed = two_node_facts();
  changed.nics[0].name = "ens1";
  for (NicIrq& one : changed.nics[0].irqs) one.number += 40;
  const auto today = find_knob("irq_affinity")->locate(irq, changed);
  ASSERT_TRUE(today);
  EXPECT_EQ(today->place, "67");
  EXPECT_EQ(today->name, "ens1/rxtx-3");
  changed.nics[0].irqs.erase(changed.nics[0].irqs.begin() + 3);
  EXPECT_FALSE(find_knob("irq_affinity")->locate(irq, changed)) << "fewer queues now";
}

TEST(IrqAffinity, PortsOfOneFunctionHaveDifferentKeys) {
  Facts facts = two_node_facts();
  facts.nics[1] = facts.nics[0];
  facts.nics[1].name = "eth1";
  facts.nics[1].port = 1;
  for (NicIrq& irq : facts.nics[1].irqs) {
    irq.number += 5;
    irq.msi_index += 5;
  }
  const auto desired_settings = expand("irq_affinity", kAll, facts).desired_settings;
  ASSERT_EQ(desired_settings.size(), 8U);
  EXPECT_EQ(desired_settings[3].subject.key, "irq:0000:81:00.0/rxtx-3");
  EXPECT_EQ(desired_settings[7].subject.key, "irq:0000:81:00.0/port-1/rxtx-3");
  EXPECT_EQ(find_knob("irq_affinity")->locate(desired_settings[7].subject, facts)->name,
            "eth1/rxtx-3");
}

TEST(IrqAffinity, TheDetailNamesTheInterruptAndTheNicsNode) {
  const Expanded expanded = expand("irq_affinity", kAll, two_node_facts());
  EXPECT_EQ(expanded.desired_settings[3].detail,
            "IRQ 27 (MSI 3, eth0-rxtx-3) to CPU 3: queue 3 on core 1 of node 1 (2 cores, 1 NIC), "
            "shared: more queues than cores; /sys/class/net/eth0/device/numa_node says node 1");
  Facts facts = two_node_facts();
  facts.nics[0].numa_node = -1;
  facts.nics[0].numa_node_source.clear();
  const std::string detail = expand("irq_affinity", kAll, facts).desired_settings[0].detail;
  EXPECT_TRUE(contains(detail, "IRQ 24 (MSI 0, eth0-rxtx-0) is not placed: eth0 reports no NUMA"))
      << detail;
}

TEST(IrqAffinity, TheDetailOfAFutureInterruptHasNoNumber) {
  Facts facts = two_node_facts();
  facts.nics[0].irqs[3].number = facts.nics[0].irqs[3].msi_index = -1;
  const std::string detail = expand("irq_affinity", kAll, facts).desired_settings[3].detail;
  EXPECT_TRUE(contains(detail, "An interrupt that a change of channels creates to CPU 3: queue 3"))
      << detail;
}

TEST(IrqAffinity, QueuesWithoutAKnownInterruptAreNoSubject) {
  Facts facts = two_node_facts();
  for (const std::size_t at : {2U, 3U}) {
    NicIrq& irq = facts.nics[0].irqs[at];
    irq = {.number = irq.number, .msi_index = irq.msi_index, .action = "novel:" + irq.action};
  }
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  EXPECT_EQ(without_subject(expanded.desired_settings),
            "eth0: no interrupt is known for receive queues 2-3, transmit queues 2-3, and these "
            "interrupt names of driver vmxnet3 do not identify their queues: novel:eth0-rxtx-2, "
            "novel:eth0-rxtx-3\n");
  EXPECT_EQ(expanded.desired_settings.size(), 5U) << "queues 0 and 1, and eth1";
}

TEST(IrqAffinity, InterruptsNotUnderstoodAreANoteIfEveryQueueHasOne) {
  Facts facts = two_node_facts();
  for (int i = 0; i < 10; ++i)
    facts.nics[1].irqs.push_back({.number = 60 + i, .action = fmt::format("rdma-{}", i)});
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  EXPECT_EQ(without_subject(expanded.desired_settings), "");
  ASSERT_EQ(expanded.notes.size(), 1U);
  EXPECT_EQ(
      expanded.notes[0],
      "irq_affinity eth1: every queue has an interrupt; these others have no known purpose and "
      "are left alone: rdma-0, rdma-1, rdma-2, rdma-3, rdma-4, rdma-5, rdma-6, rdma-7 and 2 more");
}

TEST(IrqAffinity, IdleVectorsAreCountedAndNamed) {
  Facts facts = two_node_facts();
  facts.nics[0].irqs.push_back(
      {.number = 60, .action = "mlx5_comp4@pci:0000:81:00.0", .no_queue = NicIrq::NoQueue::Idle});
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  ASSERT_EQ(expanded.notes.size(), 1U);
  EXPECT_EQ(expanded.notes[0],
            "irq_affinity eth0: 1 interrupt without a queue among 4 receive and 4 transmit queues: "
            "left alone (mlx5_comp4@pci:0000:81:00.0)");
}

TEST(IrqAffinity, NamesOfUnknownStyleAreNoSubject) {
  Facts facts = two_node_facts();
  for (NicIrq& irq : facts.nics[1].irqs) {
    irq.action = "novel:" + irq.action;
    irq.role = NicIrq::Role::Other;
    irq.queue = -1;
    irq.no_queue = NicIrq::NoQueue::NotUnderstood;
  }
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  EXPECT_EQ(expanded.desired_settings.size(), 5U);
  EXPECT_EQ(without_subject(expanded.desired_settings),
            "eth1: the interrupt names of driver e1000e do not identify their queues: "
            "novel:eth1-rx-0, novel:eth1-tx-0, novel:eth1\n");
}

TEST(IrqAffinity, AQueueWithoutALocalCpuIsUnsupported) {
  Facts facts = two_node_facts();
  facts.nics[0].numa_node = -1;
  const auto desired_settings = expand("irq_affinity", kAll, facts).desired_settings;
  EXPECT_TRUE(contains(desired_settings[0].unsupported, "eth0 reports no NUMA node"));
  EXPECT_EQ(to_text(desired_settings[0].setting.goal), "numa-local-spread")
      << "the word stays: there is no CPU";
  EXPECT_EQ(desired_settings[4].unsupported, "");
  facts.topology.problems = {"node 1 shares CPUs 0 with another node"};
  for (const DesiredSetting& desired : expand("irq_affinity", kAll, facts).desired_settings)
    EXPECT_TRUE(contains(desired.unsupported, "topology is inconsistent")) << desired.subject.name;
}

TEST(IrqAffinity, ANicThatIsDownHasNoSubject) {
  Facts facts = two_node_facts();
  facts.nics[1].operstate = "down";
  for (NicIrq& irq : facts.nics[1].irqs) irq = {.number = irq.number, .msi_index = irq.msi_index};
  const Expanded expanded = expand("irq_affinity", kAll, facts);
  EXPECT_EQ(expanded.desired_settings.size(), 5U);
  EXPECT_EQ(without_subject(expanded.desired_settings),
            "eth1: no interrupt of a queue is in use (it is down)\n");
  EXPECT_EQ(expanded.desired_settings[0].subject.device, facts.nics[1].key()) << "--nic selects it";
}

TEST(IrqAffinity, ASelectorThatMatchesNoNicIsNoSubject) {
  const Expanded expanded =
      expand("irq_affinity", profile({entry({.drivers = {"ice"}})}), two_node_facts());
  EXPECT_TRUE(expanded.notes.empty());
  EXPECT_EQ(without_subject(expanded.desired_settings),
            "driver ice: no NIC here matches driver ice; this machine has eth0 (vmxnet3), eth1 "
            "(e1000e)\n");
}

TEST(IrqAffinity, ThePlacementDoesNotDependOnTheOrderOfEntries) {
  Facts facts = two_node_facts();
  facts.nics[1].numa_node = 1;
  const Profile one = profile({entry({.names = {"eth0"}}), entry({.names = {"eth1"}})});
  const Profile other = profile({entry({.names = {"eth1"}}), entry({.names = {"eth*"}})});
  const Expanded expanded = expand("irq_affinity", one, facts);
  EXPECT_EQ(expanded.text(), expand("irq_affinity", other, facts).text());
  EXPECT_EQ(expanded.text(),
            "eth0/rxtx-0 = 3\neth0/rxtx-1 = 2\neth0/rxtx-2 = 3\neth0/rxtx-3 = 2\n"
            "eth1/rx-0 = 2\neth1/tx-0 = 2\n")
      << "eth1 comes first by its PCI address";
}

TEST(IrqAffinity, TheRequestedMaskCountsAndALateEffectiveMaskIsARemark) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  ASSERT_TRUE(write(rxtx3(), CpuSet::of({3}), host));
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"/proc/irq/27/smp_affinity_list = 3"}));
  const Observation late = observe(rxtx3(), host);
  EXPECT_EQ(late.value, Value{CpuSet::of({3})});
  EXPECT_EQ(late.reason, "effective is still 2; takes effect with the next interrupt");
  machine.interrupt(27);
  EXPECT_EQ(observe(rxtx3(), host).reason, "");
  machine.remove("/proc/irq/27/effective_affinity_list");
  EXPECT_EQ(observe(rxtx3(), host).availability, Availability::Available)
      << "not every kernel has the effective mask";
}

TEST(IrqAffinity, ObservingAnInterruptTakesAtMostTwoReads) {
  const FakeMachine machine = two_node_machine();
  (void)observe(rxtx3(), machine.host());
  EXPECT_LE(machine->reads.size(), 2U);
}

TEST(IrqAffinity, AFailedReadNeverBecomesAMask) {
  const struct {
    std::function<void(FakeMachine&)> before;
    Availability availability;
    const char* reason;
  } cases[] = {
      {[](FakeMachine& m) { m.remove("/proc/irq/27"); }, Availability::Unsupported,
       "interrupt 27 is gone"},
      {[](FakeMachine& m) { m->unreadable.insert("/proc/irq/27/smp_affinity_list"); },
       Availability::Unreadable, "Permission denied"},
      {[](FakeMachine& m) { m.set("/proc/irq/27/smp_affinity_list", "0-x"); },
       Availability::Unreadable, "'0-x' is not a CPU list"},
  };
  for (const auto& one : cases) {
    FakeMachine machine = two_node_machine();
    one.before(machine);
    const Observation seen = observe(rxtx3(), machine.host());
    EXPECT_EQ(seen.availability, one.availability);
    EXPECT_TRUE(contains(seen.reason, one.reason)) << seen.reason;
    EXPECT_EQ(seen.value, Value{Absent{}});
  }
}

TEST(IrqAffinity, KernelErrorsAreExplained) {
  const Refusal refusals[] = {
      {EIO, Fault::Unsupported,
       "interrupt 27 (eth0/rxtx-3) cannot be moved: the kernel manages its affinity itself",
       "leave this NIC out"},
      {EPERM, Fault::Unsupported, "the kernel manages its affinity itself", "leave this NIC out"},
      {EACCES, Fault::NotPermitted, "Permission denied", "needs root"},
      {EROFS, Fault::NotPermitted, "Read-only file system", "read-only"},
      {ENOSPC, Fault::NoSpace,
       "interrupt 27 (eth0/rxtx-3) cannot go to CPU 3: no free interrupt vector there",
       "fewer queues"},
      {EINVAL, Fault::Invalid, "cannot be set to 3", "online"},
  };
  expect_refusals(rxtx3(), "/proc/irq/27/", refusals);
}

TEST(IrqAffinity, AnEmptyMaskIsNeverWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  EXPECT_EQ(write(rxtx3(), CpuSet{}, host).error().fault, Fault::Invalid);
  EXPECT_EQ(machine.fuse->count(), 0);
}

}  // namespace
}  // namespace tuner::testing
