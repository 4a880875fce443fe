#include "model/placement.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>

namespace tuner {
namespace {

using Role = NicIrq::Role;

// Nodes of equal size with `threads` siblings a core; siblings are `cores` apart, as on x86.
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

// "0 1 2 3": the CPU of each interrupt in order; '-' where it was not placed.
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

TEST(Placement, SpreadsQueuesOverTheCoresOfTheNicsOwnNode) {
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

TEST(Placement, NicsOfANodeTakeItsCoresInTurn) {
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

TEST(Placement, MoreQueuesThanCoresShareAndSaySo) {
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
      << "core 0 has its sibling 4 left, core 1 nothing";
}

TEST(Placement, CpusThatNoCoreNamesCountAsCores) {
  Topology topology = machine(1, 4);
  topology.cores.clear();
  EXPECT_EQ(cpus(place(topology, {nic("eth0", 0, 3)})), "0 1 2");
}

TEST(Placement, WithoutANodeAllCpusOfAOneNodeMachineAreMeant) {
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
      {topology, -1, "eth0 tells no NUMA node (numa_node -1) and this machine has 3"},
      {topology, 2, "eth0 is on node 2, which has no CPUs"},
      {topology, 7, "eth0 is on node 7, which this machine does not have"},
      {isolated, 1, "all CPUs of node 1 are offline or isolated"},
      {broken, 0, "the topology is broken: CPU 1 is in node 0 and in node 1"},
  };
  for (const auto& one : cases) {
    const auto placed = place(one.topology, {nic("eth0", one.node, 2), nic("good", 0, 2)});
    ASSERT_EQ(placed.size(), 4U);
    EXPECT_TRUE(placed[0].cpus.empty() && placed[1].cpus.empty()) << one.because;
    EXPECT_TRUE(placed[0].because.starts_with(one.because)) << placed[0].because;
    EXPECT_EQ(placed[2].cpus.empty(), !one.topology.problems.empty()) << one.because;
  }
}

struct Random {
  Topology topology;
  std::vector<Nic> nics;
};

Random random_machine(std::mt19937& random) {
  const auto up_to = [&](int most) {
    return static_cast<int>(random() % static_cast<unsigned>(most)) + 1;
  };
  const int nodes = up_to(8);
  const int threads = up_to(2);
  Random made{.topology = machine(nodes, up_to(1024 / nodes / threads), threads)};
  for (const int cpu : made.topology.online.members()) {
    if (random() % 8 == 0) made.topology.isolated.add(cpu);
    if (random() % 16 == 0) made.topology.online.remove(cpu);
  }
  const int count = up_to(32);
  for (int i = 0; i < count; ++i)
    made.nics.push_back(nic(fmt::format("eth{}", i), up_to(nodes) - 1, up_to(32), 100 + 40 * i));
  return made;
}

std::size_t core_of(const Topology& topology, int cpu) {
  const auto core =
      std::ranges::find_if(topology.cores, [&](const CpuSet& c) { return c.contains(cpu); });
  return static_cast<std::size_t>(core - topology.cores.begin());
}

std::size_t usable_cores(const Topology& topology, int node) {
  const CpuSet usable =
      (topology.nodes[static_cast<std::size_t>(node)].cpus & topology.online) - topology.isolated;
  return static_cast<std::size_t>(std::ranges::count_if(
      topology.cores, [&](const CpuSet& core) { return !(core & usable).empty(); }));
}

// On machines of every size, in one go: the right node, nothing isolated, even burdens.
TEST(Placement, HoldsItsPromisesOnRandomMachines) {
  std::mt19937 random(20261123);
  for (int round = 0; round < 150; ++round) {
    const Random made = random_machine(random);
    const auto placed = place(made.topology, made.nics);
    std::map<int, std::map<std::size_t, int>> burden;              // node → core → queues
    std::map<std::string, std::map<std::size_t, int>> nic_burden;  // NIC → core → queues
    std::size_t irqs = 0;
    for (const Nic& one : made.nics) irqs += one.irqs.size() - 1;
    ASSERT_EQ(placed.size(), irqs);
    for (const Placed& one : placed) {
      const int node = std::ranges::find(made.nics, one.nic, &Nic::name)->numa_node;
      ASSERT_EQ(one.cpus.empty(), usable_cores(made.topology, node) == 0) << one.because;
      if (one.cpus.empty()) continue;
      ASSERT_EQ(one.cpus.size(), 1);
      const int cpu = one.cpus.first();
      ASSERT_TRUE(made.topology.online.contains(cpu));
      ASSERT_FALSE(made.topology.isolated.contains(cpu));
      ASSERT_EQ(made.topology.node_of(cpu), node);
      ++burden[node][core_of(made.topology, cpu)];
      ++nic_burden[one.nic][core_of(made.topology, cpu)];
    }
    const auto even = [](const std::map<std::size_t, int>& queues, std::size_t cores) {
      int least = queues.size() < cores ? 0 : queues.begin()->second;
      int most = 0;
      for (const auto& [core, count] : queues) {
        least = std::min(least, count);
        most = std::max(most, count);
      }
      return most - least <= 1;
    };
    for (const auto& [node, queues] : burden)
      ASSERT_TRUE(even(queues, usable_cores(made.topology, node))) << "node " << node;
    for (const auto& [name, queues] : nic_burden) {
      const int node = std::ranges::find(made.nics, name, &Nic::name)->numa_node;
      ASSERT_TRUE(even(queues, usable_cores(made.topology, node))) << name;
    }
    ASSERT_EQ(cpus(placed), cpus(place(made.topology, made.nics))) << "the same twice";
  }
}

// No exact time is promised; a quadratic slip would take minutes.
TEST(Placement, ThousandInterruptsOnThousandCpusAreQuick) {
  const Topology topology = machine(8, 64, 2);
  std::vector<Nic> nics;
  for (int i = 0; i < 32; ++i) nics.push_back(nic(fmt::format("eth{}", i), i % 8, 32, 40 * i));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(place(topology, nics).size(), 1024U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace tuner
