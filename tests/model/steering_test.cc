#include "model/steering.h"

#include "model/random_machine.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

// Two nodes of two cores with `threads` siblings: node 0 has cores {0, 4} and {1, 5}, node 1 {2, 6}
// and {3, 7}.
Topology machine(int threads) {
  Topology topology;
  topology.possible = topology.present = topology.online = CpuSet::range(0, 4 * threads - 1);
  topology.nodes = {{.id = 0}, {.id = 1}};
  for (int core = 0; core < 4; ++core) {
    CpuSet siblings;
    for (int thread = 0; thread < threads; ++thread) siblings.add(core + 4 * thread);
    NumaNode& node = topology.nodes[static_cast<std::size_t>(core / 2)];
    node.cpus = node.cpus | siblings;
    topology.cores.push_back(std::move(siblings));
  }
  return topology;
}

Nic nic(int node, int queues) {
  Nic made{.name = "eth0", .numa_node = node, .rx_queues = queues, .tx_queues = queues};
  for (int queue = 0; queue < queues; ++queue)
    made.irqs.push_back(
        {.number = 40 + queue, .msi_index = queue, .role = NicIrq::Role::RxTx, .queue = queue});
  return made;
}

std::vector<Steered> steer(const Topology& topology, const Nic& one) {
  return steer_transmit(topology, one, place_numa_local_spread(topology, {&one}));
}

std::string maps(const std::vector<Steered>& steered) {
  std::string text;
  for (const Steered& one : steered)
    text += (text.empty() ? "" : " | ") + (one.cpus.empty() ? "-" : one.cpus.to_list());
  return text;
}

TEST(SteerTransmit, TheInterruptsCpuUsesItsQueueAndOthersShareEvenly) {
  const auto steered = steer(machine(1), nic(1, 2));
  EXPECT_EQ(maps(steered), "0,2 | 1,3");
  EXPECT_EQ(steered[0].because, "its interrupt goes to CPU 2; CPU 0 has no nearer queue");
}

TEST(SteerTransmit, SiblingsSendToTheQueueOfTheirCore) {
  const auto steered = steer(machine(2), nic(1, 2));
  EXPECT_EQ(maps(steered), "0,2,4,6 | 1,3,5,7");
  EXPECT_EQ(steered[1].because, "its interrupt goes to CPU 3; CPUs 1,5,7 have no nearer queue");
}

TEST(SteerTransmit, CoresOfTheLocalNodeAreAssignedFirst) {
  Topology topology = machine(1);
  topology.isolated = CpuSet::of({2});
  EXPECT_EQ(maps(steer(topology, nic(1, 2))), "1-3 | 0,3") << "2 before 0 and 1";
}

TEST(SteerTransmit, WithMoreQueuesThanCoresEveryQueueIsUsed) {
  EXPECT_EQ(maps(steer(machine(1), nic(1, 4))), "0,2 | 1,3 | 2 | 3");
  EXPECT_EQ(maps(steer(machine(2), nic(1, 8))), "0,2,4 | 1,3,5 | 6 | 7 | 2 | 3 | 6 | 7");
}

TEST(SteerTransmit, IsolatedCpusAreIncluded) {
  Topology topology = machine(1);
  topology.isolated = CpuSet::of({3});
  EXPECT_EQ(maps(steer(topology, nic(1, 2))), "1-3 | 0,2");
  topology.online.remove(0);
  topology.nodes[0].cpus.remove(0);
  EXPECT_EQ(maps(steer(topology, nic(1, 2))), "2-3 | 1-2") << "offline CPUs do not send";
}

TEST(SteerTransmit, TheTransmitInterruptCountsIfThereAreTwo) {
  Nic split = nic(1, 2);
  split.irqs = {{40, 0, "", NicIrq::Role::Rx, 0},
                {41, 1, "", NicIrq::Role::Rx, 1},
                {42, 2, "", NicIrq::Role::Tx, 0},
                {43, 3, "", NicIrq::Role::Tx, 1}};
  EXPECT_EQ(maps(steer(machine(1), split)), "0,2 | 1,3");
  std::vector<Placed> placed = place_numa_local_spread(machine(1), {&split});
  for (Placed& one : placed) {
    if (one.irq.role == NicIrq::Role::Rx) one.cpus = CpuSet::of({0});
  }
  EXPECT_EQ(maps(steer_transmit(machine(1), split, placed)), "0,2 | 1,3");
}

TEST(SteerTransmit, WithoutATransmitInterruptTheReceiveQueuesCounts) {
  Nic receive_only = nic(1, 2);
  for (NicIrq& irq : receive_only.irqs) irq.role = NicIrq::Role::Rx;
  EXPECT_EQ(maps(steer(machine(1), receive_only)), "0,2 | 1,3");
}

TEST(SteerTransmit, NamesTheQueueWithoutAnInterrupt) {
  Nic more = nic(1, 2);
  more.tx_queues = 3;
  const auto steered = steer(machine(1), more);
  EXPECT_EQ(maps(steered), "0,2 | 1,3 | -") << "the others serve all CPUs";
  EXPECT_EQ(steered[2].because, "no interrupt of eth0 is known for transmit queue 2");
  const auto nowhere = steer(machine(1), nic(-1, 2));
  EXPECT_EQ(maps(nowhere), "- | -");
  EXPECT_TRUE(nowhere[0].because.starts_with("eth0 reports no NUMA node")) << nowhere[0].because;
}

TEST(SteerTransmit, EveryCpuOfEveryMachineHasAQueue) {
  test::MachineMaker maker(47);
  for (int round = 0; round < 100; ++round) {
    const test::RandomMachine machine = maker.make();
    const auto placed = place_numa_local_spread(machine.topology, machine.all_nics());
    for (const Nic& one : machine.nics) {
      std::vector<Placed> own;
      CpuSet irqs;
      for (const Placed& each : placed) {
        if (each.nic != one.name) continue;
        own.push_back(each);
        irqs = irqs | each.cpus;
      }
      if (irqs.empty()) continue;
      CpuSet served;
      for (const Steered& queue : steer_transmit(machine.topology, one, own)) {
        ASSERT_TRUE((queue.cpus & (served - irqs)).empty()) << "two queues for one CPU";
        ASSERT_FALSE((queue.cpus & irqs).empty()) << "the interrupt's own CPU is in its map";
        served = served | queue.cpus;
      }
      ASSERT_EQ(served, machine.topology.online) << one.name << " in round " << round;
    }
  }
}

TEST(SpreadReceive, FewQueuesAreSpreadOverOneCpuOfEachCore) {
  const auto spread = spread_receive(machine(2), nic(1, 1));
  ASSERT_TRUE(spread);
  EXPECT_TRUE(spread->few_queues);
  EXPECT_EQ(spread->cpus, CpuSet::of({2, 3}));
  EXPECT_EQ(spread->because, "1 receive queue for 2 cores of node 1: spread over them in software");
}

TEST(SpreadReceive, EnoughQueuesAreSpreadByTheNic) {
  const auto spread = spread_receive(machine(1), nic(1, 2));
  ASSERT_TRUE(spread);
  EXPECT_FALSE(spread->few_queues);
  EXPECT_TRUE(spread->cpus.empty());
  EXPECT_EQ(
      spread->because,
      "2 receive queues for 2 cores of node 1: the NIC spreads packets itself, RPS stays off");
}

TEST(SpreadReceive, IsolatedAndNohzFullCpusAreNotCounted) {
  Topology topology = machine(2);
  topology.isolated = CpuSet::of({2});
  topology.nohz_full = CpuSet::of({3, 7});
  const auto one = spread_receive(topology, nic(1, 1));
  ASSERT_TRUE(one);
  EXPECT_FALSE(one->few_queues) << "only CPU 6 is left";
  topology.nohz_full = CpuSet::of({3, 6, 7});
  EXPECT_EQ(spread_receive(topology, nic(1, 1)).error().text,
            "all CPUs of node 1 are offline, isolated or nohz_full");
}

TEST(SpreadReceive, WithoutALocalNodeThereIsNoSpread) {
  const auto spread = spread_receive(machine(1), nic(-1, 1));
  ASSERT_FALSE(spread);
  EXPECT_TRUE(spread.error().text.starts_with("eth0 reports no NUMA node")) << spread.error().text;
}

TEST(SpreadReceive, SaysIfTheCoresAreOfAnotherNode) {
  Topology topology = machine(1);
  topology.nodes.push_back({.id = 2, .distances = {{0, 20}, {1, 15}}});
  const auto spread = spread_receive(topology, nic(2, 1));
  ASSERT_TRUE(spread);
  EXPECT_EQ(spread->because,
            "1 receive queue for 2 cores of node 1, the nearest to node 2, which has no CPUs "
            "(distance 15): spread over them in software");
}

}  // namespace
}  // namespace tuner
