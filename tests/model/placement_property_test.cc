// The guarantees of a placement, on machines of every size.
#include "model/local_node.h"
#include "model/placement.h"
#include "model/random_machine.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tuner {
namespace {

using test::MachineMaker;
using test::RandomMachine;

constexpr int kMachines = 100;

class EveryMachine : public ::testing::Test {
 protected:
  void for_each(void (*check)(const RandomMachine&, MachineMaker&)) {
    MachineMaker maker(20261124);
    for (int round = 0; round < kMachines && !HasFailure(); ++round) {
      const RandomMachine machine = maker.make();
      SCOPED_TRACE(fmt::format("machine {}: {} CPUs, {} nodes, {} NICs", round,
                               machine.topology.online.size(), machine.topology.nodes.size(),
                               machine.nics.size()));
      check(machine, maker);
    }
  }
};

std::vector<Placed> place(const RandomMachine& machine) {
  return place_numa_local_spread(machine.topology, machine.all_nics());
}

const Nic& nic_of(const RandomMachine& machine, const Placed& placed) {
  return *std::ranges::find(machine.nics, placed.nic, &Nic::name);
}

// The CPUs of an interrupt by its stable name: "eth3 MSI 7" → "12".
std::map<std::string, std::string> by_irq(const std::vector<Placed>& placed) {
  std::map<std::string, std::string> cpus;
  for (const Placed& one : placed)
    cpus[fmt::format("{} MSI {}", one.nic, one.irq.msi_index)] = one.cpus.to_list();
  return cpus;
}

// The queues of one node by core (its first CPU) and CPU.
using Load = std::map<int, std::map<int, int>>;

// Counts a queue once, however many interrupts it has.
Load load_of(const RandomMachine& machine, const std::vector<Placed>& placed,
             const std::vector<CpuSet>& cores, std::string_view nic) {
  std::map<int, int> core_of;
  Load load;
  for (const CpuSet& core : cores) {
    for (const int cpu : core.members()) {
      core_of[cpu] = core.first();
      load[core.first()][cpu] = 0;
    }
  }
  std::set<std::pair<std::string, int>> seen;
  for (const Placed& one : placed) {
    if (one.cpus.empty() || !core_of.contains(one.cpus.first())) continue;
    if (!nic.empty() && nic != nic_of(machine, one).name) continue;
    if (seen.emplace(one.nic, one.irq.queue).second)
      ++load[core_of[one.cpus.first()]][one.cpus.first()];
  }
  return load;
}

int queues_on(const std::map<int, int>& cpus) {
  int queues = 0;
  for (const auto& [cpu, count] : cpus) queues += count;
  return queues;
}

void expect_even(const Load& load) {
  int least = 1 << 20;
  int most = 0;
  for (const auto& [core, cpus] : load) {
    least = std::min(least, queues_on(cpus));
    most = std::max(most, queues_on(cpus));
  }
  EXPECT_LE(most - least, 1);
}

TEST_F(EveryMachine, GivesEachQueueOneUsableCpuOfItsLocalNode) {
  for_each([](const RandomMachine& machine, MachineMaker&) {
    const Topology& topology = machine.topology;
    std::size_t queue_irqs = 0;
    for (const Nic& nic : machine.nics) queue_irqs += nic.irqs.size() - 1;
    const auto placed = place(machine);
    ASSERT_EQ(placed.size(), queue_irqs);
    for (const Nic& nic : machine.nics) {
      const auto local = local_node(topology, nic);
      const CpuSet& own = topology.nodes[static_cast<std::size_t>(nic.numa_node)].cpus;
      if (local) {
        EXPECT_TRUE(local->node == nic.numa_node || own.empty());
      }
      const bool any = local && !usable_cores(topology, *local).empty();
      for (const Placed& one : placed) {
        if (one.nic != nic.name) continue;
        ASSERT_EQ(one.cpus.size(), any ? 1 : 0) << one.because;
        if (!any) continue;
        EXPECT_TRUE(topology.online.contains(one.cpus.first()));
        EXPECT_FALSE(topology.isolated.contains(one.cpus.first()));
        EXPECT_EQ(topology.node_of(one.cpus.first()), local->node);
      }
    }
  });
}

TEST_F(EveryMachine, BalancesQueuesOverTheCoresOfANode) {
  for_each([](const RandomMachine& machine, MachineMaker&) {
    const auto placed = place(machine);
    for (const NumaNode& node : machine.topology.nodes) {
      const auto cores = usable_cores(machine.topology, {.node = node.id});
      expect_even(load_of(machine, placed, cores, ""));
    }
    for (const Nic& nic : machine.nics) {
      const auto local = local_node(machine.topology, nic);
      if (local)
        expect_even(load_of(machine, placed, usable_cores(machine.topology, *local), nic.name));
    }
  });
}

TEST_F(EveryMachine, UsesASiblingOnlyWhenEveryCoreHasAQueue) {
  for_each([](const RandomMachine& machine, MachineMaker&) {
    const auto placed = place(machine);
    for (const NumaNode& node : machine.topology.nodes) {
      const Load load =
          load_of(machine, placed, usable_cores(machine.topology, {.node = node.id}), "");
      bool sibling_used = false;
      bool core_empty = false;
      for (const auto& [core, cpus] : load) {
        const auto used =
            std::ranges::count_if(cpus, [](const auto& cpu) { return cpu.second > 0; });
        sibling_used = sibling_used || used > 1;
        core_empty = core_empty || used == 0;
        // The CPUs of one core do not differ by two queues either.
        const auto [least, most] =
            std::ranges::minmax_element(cpus, {}, [](const auto& cpu) { return cpu.second; });
        EXPECT_LE(most->second - least->second, 1);
      }
      EXPECT_FALSE(sibling_used && core_empty);
    }
  });
}

TEST_F(EveryMachine, KeepsReceiveAndTransmitOfAQueueTogether) {
  for_each([](const RandomMachine& machine, MachineMaker&) {
    std::map<std::pair<std::string, int>, CpuSet> cpus;
    for (const Placed& one : place(machine)) {
      const auto [known, is_new] = cpus.try_emplace({one.nic, one.irq.queue}, one.cpus);
      EXPECT_EQ(known->second, one.cpus);
    }
  });
}

TEST_F(EveryMachine, DoesNotDependOnTheOrderOfFacts) {
  for_each([](const RandomMachine& machine, MachineMaker& maker) {
    RandomMachine shuffled = machine;
    std::ranges::shuffle(shuffled.nics, maker.random());
    for (Nic& nic : shuffled.nics) std::ranges::shuffle(nic.irqs, maker.random());
    std::ranges::shuffle(shuffled.topology.nodes, maker.random());
    std::ranges::shuffle(shuffled.topology.cores, maker.random());
    EXPECT_EQ(by_irq(place(machine)), by_irq(place(shuffled)));
    EXPECT_EQ(by_irq(place(machine)), by_irq(place(machine)));
  });
}

TEST_F(EveryMachine, IsNotChangedByANicOnAnotherNode) {
  for_each([](const RandomMachine& machine, MachineMaker& maker) {
    RandomMachine more = machine;
    const int node = maker.up_to(static_cast<int>(machine.topology.nodes.size())) - 1;
    more.nics.insert(more.nics.begin(), maker.nic(-1, node));
    more.nics.front().name = "new";
    const auto local = local_node(more.topology, more.nics.front());
    std::set<std::string> neighbours;  // that share its cores
    for (const Nic& nic : machine.nics) {
      const auto own = local_node(machine.topology, nic);
      if (own && local && own->node == local->node) neighbours.insert(nic.name);
    }
    const auto after = by_irq(place(more));
    for (const Placed& one : place(machine)) {
      if (neighbours.contains(one.nic)) continue;
      EXPECT_EQ(after.at(fmt::format("{} MSI {}", one.nic, one.irq.msi_index)), one.cpus.to_list());
    }
  });
}

}  // namespace
}  // namespace tuner
