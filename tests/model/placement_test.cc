#include "model/placement.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using Role = NicIrq::Role;

// Nodes of equal size with `threads` siblings per core. Sibling numbers are `cores` apart, as on
// x86.
Topology machine(int nodes, int cores_a_node, int threads = 1) {
  Topology topology;
  const int cores = nodes * cores_a_node;
  topology.possible = topology.present = topology.online = CpuSet::range(0, cores * threads - 1);
  for (int core = 0; core < cores; ++core) {
    CpuSet siblings;
    for (int thread = 0; thread < threads; ++thread) siblings.add(core + thread * cores);
    topology.cores.push_back(siblings);
  }
  for (int id = 0; id < nodes; ++id) {
    NumaNode node{.id = id};
    for (int core = id * cores_a_node; core < (id + 1) * cores_a_node; ++core)
      node.cpus = node.cpus | topology.cores[static_cast<std::size_t>(core)];
    topology.nodes.push_back(node);
  }
  return topology;
}

Nic nic(const std::string& name, int node, int queues, int first_irq = 100) {
  Nic made{.name = name, .numa_node = node};
  for (int queue = 0; queue < queues; ++queue) {
    made.irqs.push_back({.number = first_irq + queue,
                         .msi_index = queue,
                         .action = fmt::format("{}-rxtx-{}", name, queue),
                         .role = Role::RxTx,
                         .queue = queue});
  }
  made.irqs.push_back(
      {.number = first_irq + queues, .msi_index = queues, .action = name + "-event"});
  return made;
}

// "0 1 2 3": the CPU of each interrupt in order; '-': not placed.
std::string cpus(const std::vector<Placed>& placed) {
  std::string text;
  for (const Placed& one : placed)
    text += (text.empty() ? "" : " ") + (one.cpus.empty() ? "-" : one.cpus.to_list());
  return text;
}

std::vector<Placed> place(const Topology& topology, const std::vector<Nic>& nics) {
  std::vector<const Nic*> pointers;
  for (const Nic& one : nics) pointers.push_back(&one);
  return place_numa_local_spread(topology, pointers);
}

TEST(Placement, SpreadsQueuesOverTheCoresOfTheLocalNode) {
  const auto placed = place(machine(2, 4), {nic("eth0", 1, 4)});
  EXPECT_EQ(cpus(placed), "4 5 6 7");
  EXPECT_EQ(placed[2].because, "queue 2 on core 2 of node 1 (4 cores, 1 NIC)");
  EXPECT_EQ(placed[2].irq.number, 102);
}

TEST(Placement, InterruptsWithoutAQueueAreNotPlaced) {
  const auto placed = place(machine(1, 4), {nic("eth0", 0, 2)});
  EXPECT_EQ(placed.size(), 2U);
  EXPECT_TRUE(place(machine(1, 4), {nic("eth0", 0, 0)}).empty());
}

TEST(Placement, NicsOfANodeShareItsCoresInTurn) {
  EXPECT_EQ(cpus(place(machine(1, 4), {nic("a", 0, 2), nic("b", 0, 2)})), "0 1 2 3");
  EXPECT_EQ(cpus(place(machine(2, 2), {nic("a", 0, 1), nic("b", 1, 1), nic("c", 0, 1)})), "0 2 1");
}

TEST(Placement, SiblingsAreUsedOnlyWhenCoresRunOut) {
  const Topology topology = machine(1, 4, 2);
  EXPECT_EQ(cpus(place(topology, {nic("eth0", 0, 4)})), "0 1 2 3");
  EXPECT_EQ(cpus(place(topology, {nic("eth0", 0, 6)})), "0 1 2 3 4 5");
  EXPECT_EQ(cpus(place(topology, {nic("eth0", 0, 10)})), "0 1 2 3 4 5 6 7 0 1");
  EXPECT_EQ(cpus(place(topology, {nic("a", 0, 3), nic("b", 0, 3)})), "0 1 2 3 4 5");
}

TEST(Placement, MoreQueuesThanCoresShareCoresAndSaySo) {
  const auto placed = place(machine(1, 2), {nic("eth0", 0, 3)});
  EXPECT_EQ(cpus(placed), "0 1 0");
  EXPECT_EQ(placed[2].because,
            "queue 2 on core 0 of node 0 (2 cores, 1 NIC), shared: more queues than cores");
}

TEST(Placement, ReceiveAndTransmitOfOneQueueGoTogether) {
  Nic split{.name = "eth0", .numa_node = 0};
  split.irqs = {{10, 0, "rx-0", Role::Rx, 0},
                {11, 1, "rx-1", Role::Rx, 1},
                {12, 2, "tx-0", Role::Tx, 0},
                {13, 3, "tx-1", Role::Tx, 1}};
  const auto placed = place(machine(1, 4), {split});
  EXPECT_EQ(cpus(placed), "0 0 1 1");
  EXPECT_EQ(placed[1].irq.number, 12) << "queue by queue";
}

TEST(Placement, IsolatedAndOfflineCpusAreNeverUsed) {
  Topology topology = machine(1, 4, 2);
  topology.isolated = CpuSet::of({0, 1, 5});
  topology.online.remove(6);
  EXPECT_EQ(cpus(place(topology, {nic("eth0", 0, 6)})), "4 2 3 7 4 2")
      << "sibling 4 of core 0 is left, core 1 has none";
}

TEST(Placement, CpusInNoCoreCountAsCores) {
  Topology topology = machine(1, 4);
  topology.cores.clear();
  EXPECT_EQ(cpus(place(topology, {nic("eth0", 0, 3)})), "0 1 2");
}

TEST(Placement, WithoutANodeAMachineOfOneNodeUsesAllCpus) {
  EXPECT_EQ(cpus(place(machine(1, 3), {nic("eth0", -1, 3)})), "0 1 2");
  Topology no_numa = machine(1, 3);
  no_numa.nodes.clear();
  const auto placed = place(no_numa, {nic("eth0", -1, 3)});
  EXPECT_EQ(cpus(placed), "0 1 2");
  EXPECT_EQ(placed[0].because, "queue 0 on core 0 of this machine (3 cores, 1 NIC)");
  Topology far_memory = machine(1, 3);
  far_memory.nodes.push_back({.id = 1, .cpus = {}});
  EXPECT_EQ(cpus(place(far_memory, {nic("eth0", -1, 2)})), "0 1") << "only one node has CPUs";
}

TEST(Placement, SaysWhyANicCannotBePlacedAndPlacesTheOthers) {
  Topology topology = machine(3, 2);
  topology.nodes[2].cpus = {};
  Topology isolated = machine(2, 2);
  isolated.isolated = CpuSet::of({2, 3});
  Topology broken = machine(2, 2);
  broken.problems = {"CPU 1 is in node 0 and in node 1"};
  const struct {
    Topology topology;
    int node;
    const char* because;
  } cases[] = {
      {topology, -1, "eth0 reports no NUMA node (numa_node = -1); this machine has 3"},
      {topology, 2, "eth0 is on node 2, which has no CPUs, and no distance shows"},
      {topology, 7, "eth0 is on node 7, which this machine does not have"},
      {isolated, 1, "all CPUs of node 1 are offline or isolated"},
      {broken, 0, "the topology is inconsistent: CPU 1 is in node 0 and in node 1"},
  };
  for (const auto& one : cases) {
    const auto placed = place(one.topology, {nic("eth0", one.node, 2), nic("good", 0, 2)});
    ASSERT_EQ(placed.size(), 4U);
    EXPECT_TRUE(placed[0].cpus.empty() && placed[1].cpus.empty()) << one.because;
    EXPECT_TRUE(placed[0].because.starts_with(one.because)) << placed[0].because;
    EXPECT_EQ(placed[2].cpus.empty(), !one.topology.problems.empty()) << one.because;
  }
}

TEST(Placement, QueuesOfANodeWithoutCpusGoToTheNearestNodeWithCpus) {
  Topology topology = machine(3, 2);
  topology.nodes[2].cpus = {};
  topology.nodes[2].distances = {{0, 31}, {1, 17}, {2, 10}};
  const auto placed = place(topology, {nic("eth0", 2, 2), nic("eth1", 1, 1)});
  EXPECT_EQ(cpus(placed), "2 3 2");
  EXPECT_EQ(placed[1].because,
            "queue 1 on core 1 of node 1 (2 cores, 2 NICs); the nearest to node 2, which has no "
            "CPUs (distance 17)");
  EXPECT_EQ(placed[2].because,
            "queue 0 on core 0 of node 1 (2 cores, 2 NICs), shared: more queues than cores");
}

TEST(Placement, DoesNotDependOnTheOrderOrNamesOfNics) {
  const Topology topology = machine(1, 4);
  std::vector<Nic> nics{nic("a", 0, 2), nic("b", 0, 1), nic("c", 0, 1)};
  for (std::size_t i = 0; i < nics.size(); ++i)
    nics[i].bus_address = fmt::format("0000:0{}:00.0", i + 1);
  EXPECT_EQ(cpus(place(topology, nics)), "0 1 2 3");
  nics[0].name = "z";
  EXPECT_EQ(cpus(place(topology, {nics[2], nics[0], nics[1]})), "3 0 1 2")
      << "the result is in the order of the arguments";
}

}  // namespace
}  // namespace tuner
