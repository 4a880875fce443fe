#include "host/facts/parts.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using testing::FakeMachine;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kCpu = "/sys/devices/system/cpu";

FakeMachine machine_with(std::string_view online, const std::vector<std::string>& nodes) {
  FakeMachine machine;
  for (const char* set : {"possible", "present", "online"})
    machine.set(fmt::format("{}/{}", kCpu, set), online);
  machine.set(fmt::format("{}/isolated", kCpu), "");
  for (std::size_t i = 0; i < nodes.size(); ++i)
    machine.set(fmt::format("/sys/devices/system/node/node{}/cpulist", i), nodes[i]);
  return machine;
}

Topology topology_of(const FakeMachine& machine) {
  return collect_topology(machine.host().files());
}

TEST(CollectTopology, ReadsNodesAndCores) {
  FakeMachine machine = machine_with("0-3", {"0-1", "2-3"});
  for (int cpu = 0; cpu < 4; ++cpu)
    machine.set(fmt::format("{}/cpu{}/topology/thread_siblings_list", kCpu, cpu),
                fmt::format("{}-{}", cpu / 2 * 2, cpu / 2 * 2 + 1));
  const Topology topology = topology_of(machine);
  EXPECT_THAT(topology.problems, IsEmpty());
  EXPECT_EQ(topology.online.to_list(), "0-3");
  EXPECT_EQ(topology.node_of(1), 0);
  EXPECT_EQ(topology.node_of(2), 1);
  EXPECT_THAT(topology.cores, ElementsAre(CpuSet::of({0, 1}), CpuSet::of({2, 3})));
}

TEST(CollectTopology, ReadsSiblingsOncePerCore) {
  FakeMachine machine = machine_with("0-127", {"0-127"});
  for (int cpu = 0; cpu < 128; ++cpu)
    machine.set(fmt::format("{}/cpu{}/topology/thread_siblings_list", kCpu, cpu),
                fmt::format("{},{}", cpu % 64, cpu % 64 + 64));
  machine.forget();
  EXPECT_EQ(topology_of(machine).cores.size(), 64U);
  int sibling_reads = 0;
  for (const std::string& read : machine->reads)
    sibling_reads += read.find("siblings") != std::string::npos ? 1 : 0;
  EXPECT_EQ(sibling_reads, 64);
}

TEST(CollectTopology, ReadsDistancesBetweenNodes) {
  FakeMachine machine = machine_with("0-3", {"0-1", "2-3", ""});
  const std::string nodes = "/sys/devices/system/node/node";
  machine.set(nodes + "0/distance", "10 21 17");
  machine.set(nodes + "1/distance", "21 10");  // one too few: ignored
  machine.set(nodes + "2/distance", "17 x 10");
  const Topology topology = topology_of(machine);
  EXPECT_THAT(topology.problems, IsEmpty());
  EXPECT_EQ(topology.nodes[0].distances, (std::map<int, int>{{0, 10}, {1, 21}, {2, 17}}));
  EXPECT_TRUE(topology.nodes[1].distances.empty());
  EXPECT_EQ(topology.nodes[2].distances, (std::map<int, int>{{0, 17}, {2, 10}}));
  EXPECT_TRUE(topology.nodes[2].cpus.empty());
}

TEST(CollectTopology, IgnoresMalformedDistances) {
  FakeMachine machine = machine_with("0-3", {"0-1", "2-3"});
  machine.set("/sys/devices/system/node/node0/distance", "4294967306 9223372036854775829");
  machine.set("/sys/devices/system/node/node1/distance", "-21 0");
  const Topology topology = topology_of(machine);
  EXPECT_TRUE(topology.nodes[0].distances.empty());
  EXPECT_TRUE(topology.nodes[1].distances.empty());
}

TEST(CollectTopology, ReadsNohzFullCpus) {
  FakeMachine machine = machine_with("0-3", {"0-3"});
  EXPECT_TRUE(topology_of(machine).nohz_full.empty());
  machine.set(fmt::format("{}/nohz_full", kCpu), "2-3");
  EXPECT_EQ(topology_of(machine).nohz_full.to_list(), "2-3");
  machine.set(fmt::format("{}/nohz_full", kCpu), "  (null)");
  EXPECT_TRUE(topology_of(machine).nohz_full.empty());
  EXPECT_THAT(topology_of(machine).problems, IsEmpty());
}

TEST(CollectTopology, WithoutNodeFoldersNodeZeroHasAllCpus) {
  const Topology topology = topology_of(machine_with("0-7", {}));
  EXPECT_THAT(topology.problems, IsEmpty());
  ASSERT_EQ(topology.nodes.size(), 1U);
  EXPECT_EQ(topology.nodes[0].cpus.to_list(), "0-7");
}

TEST(CollectTopology, NodesMayHaveNoCpusAndNumbersWithGaps) {
  FakeMachine machine = machine_with("0-1", {"0-1", ""});
  machine.set("/sys/devices/system/node/node8/cpulist", "");
  const Topology topology = topology_of(machine);
  EXPECT_THAT(topology.problems, IsEmpty());
  ASSERT_EQ(topology.nodes.size(), 3U);
  EXPECT_EQ(topology.nodes[2].id, 8);
}

TEST(CollectTopology, DistinguishesOfflineAndIsolatedCpus) {
  FakeMachine machine = machine_with("0-7", {"0-5"});
  machine.set(fmt::format("{}/online", kCpu), "0-5");
  machine.set(fmt::format("{}/isolated", kCpu), "4-5");
  machine.set("/sys/fs/cgroup/cpuset.cpus.isolated", "3");
  machine.set(fmt::format("{}/cpu5/topology/core_cpus_list", kCpu), "5-6");
  const Topology topology = topology_of(machine);
  EXPECT_THAT(topology.problems, IsEmpty());
  EXPECT_EQ(topology.isolated.to_list(), "3-5");
  EXPECT_EQ(topology.cores.size(), 6U);
  EXPECT_EQ(topology.cores[5].to_list(), "5") << "CPU 6 is offline";
}

TEST(CollectTopology, ACpuInTwoNodesIsAProblem) {
  EXPECT_THAT(topology_of(machine_with("0-3", {"0-2", "2-3"})).problems,
              ElementsAre("node 1 shares CPUs 2 with another node"));
}

TEST(CollectTopology, ANodeWithMissingCpusIsAProblem) {
  EXPECT_THAT(topology_of(machine_with("0-3", {"0-3", "64-65"})).problems,
              ElementsAre("node 1 lists CPUs 64-65, which are not present"));
}

TEST(CollectTopology, ACpuWithoutANodeIsAProblem) {
  EXPECT_THAT(topology_of(machine_with("0-3", {"0-1"})).problems,
              ElementsAre("no node lists CPUs 2-3"));
}

TEST(CollectTopology, AnEmptyMachineIsAProblem) {
  EXPECT_THAT(topology_of(FakeMachine()).problems,
              ElementsAre("/sys/devices/system/cpu/online lists no CPU"));
}

TEST(CollectTopology, MalformedListsHaveTheirFile) {
  FakeMachine machine = machine_with("0-3", {"0-3"});
  machine.set("/sys/devices/system/node/node0/cpulist", "0-x");
  machine.set(fmt::format("{}/cpu0/topology/thread_siblings_list", kCpu), "7");
  const auto problems = topology_of(machine).problems;
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_THAT(problems[0], HasSubstr("node0/cpulist: '0-x' is not a CPU list"));
  EXPECT_THAT(problems[1], HasSubstr("no node lists CPUs 0-3"));
  EXPECT_THAT(problems[2],
              HasSubstr("cpu0/topology/thread_siblings_list: '7' does not contain CPU 0"));
}

}  // namespace
}  // namespace tuner
