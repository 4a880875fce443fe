#include "model/local_node.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

// Node 0 has CPUs 0-3 (two cores of two), node 1 CPUs 4-5; nodes 2 and 3 have only memory.
Topology machine() {
  Topology topology;
  topology.possible = topology.present = topology.online = CpuSet::range(0, 5);
  topology.cores = {CpuSet::of({0, 2}), CpuSet::of({1, 3}), CpuSet::of({4}), CpuSet::of({5})};
  topology.nodes = {{.id = 0, .cpus = CpuSet::range(0, 3)},
                    {.id = 1, .cpus = CpuSet::range(4, 5)},
                    {.id = 2, .distances = {{0, 20}, {1, 14}, {2, 10}, {3, 11}}},
                    {.id = 3, .distances = {{0, 17}, {1, 17}, {2, 11}, {3, 10}}}};
  return topology;
}

Result<LocalNode> local(const Topology& topology, int node) {
  return local_node(topology, {.name = "eth0", .numa_node = node});
}

TEST(LocalNode, IsTheNicsOwnNode) {
  EXPECT_EQ(local(machine(), 1), (LocalNode{.node = 1, .name = "node 1"}));
}

TEST(LocalNode, OfANodeWithoutCpusIsTheNearestWithCpus) {
  const auto near = local(machine(), 2);
  ASSERT_TRUE(near);
  EXPECT_EQ(near->node, 1) << "node 3 is nearer, but has no CPUs either";
  EXPECT_EQ(near->because, "the nearest to node 2, which has no CPUs (distance 14)");
  EXPECT_EQ(local(machine(), 3)->node, 0) << "the first of two with the same distance";
}

TEST(LocalNode, IsUnsupportedWithoutDistances) {
  Topology topology = machine();
  topology.nodes[2].distances.clear();
  const auto none = local(topology, 2);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, Fault::Unsupported);
  EXPECT_EQ(
      none.error().text,
      "eth0 is on node 2, which has no CPUs, and no distance shows which node is the nearest");
}

TEST(LocalNode, WithoutANodeIsUnsupportedUnlessOneNodeHasAllCpus) {
  Topology topology = machine();
  EXPECT_EQ(local(topology, -1).error().text,
            "eth0 reports no NUMA node (numa_node = -1); this machine has 4: its local CPUs are "
            "not known");
  topology.nodes[1].cpus = {};
  EXPECT_EQ(local(topology, -1)->node, 0);
  topology.nodes.clear();
  EXPECT_EQ(local(topology, -1)->name, "this machine");
}

TEST(LocalNode, IsUnsupportedOnAnInconsistentTopologyOrAnUnknownNode) {
  Topology topology = machine();
  EXPECT_EQ(local(topology, 9).error().text, "eth0 is on node 9, which this machine does not have");
  topology.problems = {"no node lists CPUs 6"};
  EXPECT_EQ(local(topology, 0).error().text, "the topology is inconsistent: no node lists CPUs 6");
}

TEST(LocalNode, UsableCoresHaveNoOfflineAndIsolatedCpus) {
  Topology topology = machine();
  EXPECT_EQ(usable_cores(topology, *local(topology, 0)),
            (std::vector<CpuSet>{CpuSet::of({0, 2}), CpuSet::of({1, 3})}));
  topology.isolated = CpuSet::of({0});
  topology.online.remove(3);
  EXPECT_EQ(usable_cores(topology, *local(topology, 0)),
            (std::vector<CpuSet>{CpuSet::of({2}), CpuSet::of({1})}))
      << "a core keeps its position";
}

TEST(LocalNode, CpusInNoCoreAreSeparateCores) {
  Topology topology = machine();
  topology.cores = {CpuSet::of({1, 3})};
  EXPECT_EQ(by_core(topology, CpuSet::of({0, 1, 3, 5})),
            (std::vector<CpuSet>{CpuSet::of({0}), CpuSet::of({1, 3}), CpuSet::of({5})}));
}

Facts facts_with(Topology topology, std::vector<Nic> nics) {
  Facts facts;
  facts.topology = std::move(topology);
  for (Nic& nic : nics) facts.nics.push_back(std::move(nic));
  return facts;
}

TEST(PlaceNear, HasTheCpusOfTheNodeThatAreNotIsolated) {
  Topology topology = machine();
  topology.isolated = CpuSet::of({4});
  const auto place = place_near(facts_with(topology, {{.name = "eth0", .numa_node = 1}}), "eth0");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->local.node, 1);
  EXPECT_EQ(place->cpus, CpuSet::of({5}));
  EXPECT_TRUE(place->is_choice);
  topology.isolated = CpuSet::of({4, 5});
  EXPECT_EQ(
      place_near(facts_with(topology, {{.name = "eth0", .numa_node = 1}}), "eth0").error().text,
      "all CPUs of node 1 are isolated");
}

TEST(PlaceNear, OfABondIsThatOfItsMembersIfTheyHaveOne) {
  std::vector<Nic> nics{{.name = "bond0", .lowers = {"eth0", "eth1"}},
                        {.name = "eth0", .numa_node = 1},
                        {.name = "eth1", .numa_node = 1},
                        {.name = "eth2", .numa_node = 0},
                        {.name = "bond1", .lowers = {"bond0", "eth2"}},
                        {.name = "bond2", .lowers = {"gone"}}};
  const Facts facts = facts_with(machine(), std::move(nics));
  EXPECT_EQ(place_near(facts, "bond0")->local.node, 1);
  EXPECT_EQ(place_near(facts, "bond1").error().text, "the NICs below bond1 are on several nodes");
  EXPECT_EQ(place_near(facts, "bond2").error().fault, Fault::Unsupported);
}

TEST(PlaceNear, IsNotGuessed) {
  EXPECT_EQ(place_near(facts_with(machine(), {}), "eth0").error().fault, Fault::NotFound);
  EXPECT_EQ(place_near(facts_with(machine(), {{.name = "eth0"}}), "eth0").error().fault,
            Fault::Unsupported);
}

TEST(PlaceNear, OnOneNodeIsNoChoice) {
  Topology topology = machine();
  topology.nodes.resize(1);
  EXPECT_FALSE(
      place_near(facts_with(topology, {{.name = "eth0", .numa_node = 0}}), "eth0")->is_choice);
}

}  // namespace
}  // namespace tuner
