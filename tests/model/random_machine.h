// Random machines for property tests: up to 1,024 CPUs, 8 nodes with CPUs and some without, 32
// NICs, SMT 1 to 8, offline and isolated CPUs, nodes of different size.
#pragma once

#include "model/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <vector>

namespace tuner::test {

struct RandomMachine {
  Topology topology;
  std::vector<Nic> nics;

  std::vector<const Nic*> all_nics() const {
    std::vector<const Nic*> all;
    for (const Nic& nic : nics) all.push_back(&nic);
    return all;
  }
};

class MachineMaker {
 public:
  explicit MachineMaker(unsigned seed) : random_(seed) {}

  RandomMachine make() {
    RandomMachine made;
    add_nodes(made.topology);
    switch_off_some(made.topology);
    const int nodes = static_cast<int>(made.topology.nodes.size());
    for (int i = up_to(32); i > 0; --i)
      made.nics.push_back(nic(static_cast<int>(made.nics.size()), up_to(nodes) - 1));
    return made;
  }

  Nic nic(int number, int node) {
    Nic made{.name = fmt::format("eth{}", number),
             .bus_address = fmt::format("0000:{:02x}:00.0", number + 1),
             .numa_node = node};
    made.rx_queues = made.tx_queues = up_to(one_in(4) ? 128 : 16);
    const bool split = one_in(3);  // separate interrupts for receive and transmit
    for (int queue = 0; queue < made.tx_queues; ++queue) {
      if (split) add_irq(made, NicIrq::Role::Rx, queue);
      add_irq(made, split ? NicIrq::Role::Tx : NicIrq::Role::RxTx, queue);
    }
    add_irq(made, NicIrq::Role::Other, -1);
    return made;
  }

  int up_to(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most)) + 1; }
  bool one_in(int count) { return up_to(count) == 1; }
  std::mt19937& random() { return random_; }

 private:
  void add_irq(Nic& nic, NicIrq::Role role, int queue) {
    nic.irqs.push_back({.number = next_irq_++,
                        .msi_index = static_cast<int>(nic.irqs.size()),
                        .action = "some",
                        .role = role,
                        .queue = queue});
  }

  // The numbers of siblings are far apart, as on x86.
  void add_nodes(Topology& topology) {
    const int threads = 1 << (up_to(4) - 1);
    std::vector<int> cores;  // number of cores by node
    int total = 0;
    for (int node = up_to(8); node > 0; --node) {
      cores.push_back(up_to(std::max(1, 1024 / 8 / threads)));
      total += cores.back();
    }
    int next = 0;
    for (const int count : cores) {
      NumaNode node{.id = static_cast<int>(topology.nodes.size())};
      for (int core = 0; core < count; ++core, ++next) {
        CpuSet siblings;
        for (int thread = 0; thread < threads; ++thread) siblings.add(next + thread * total);
        node.cpus = node.cpus | siblings;
        topology.cores.push_back(std::move(siblings));
      }
      topology.nodes.push_back(std::move(node));
    }
    topology.possible = topology.present = topology.online = CpuSet::range(0, total * threads - 1);
    if (one_in(3)) topology.nodes.push_back({.id = static_cast<int>(topology.nodes.size())});
    add_distances(topology);
  }

  void add_distances(Topology& topology) {
    for (NumaNode& node : topology.nodes) {
      for (const NumaNode& other : topology.nodes)
        node.distances[other.id] = node.id == other.id ? 10 : 10 + up_to(20);
    }
  }

  // In sysfs nodes and cores list only online CPUs.
  void switch_off_some(Topology& topology) {
    const int offline = one_in(2) ? 16 : 1 << 20;
    const int isolated = one_in(2) ? 8 : 1 << 20;
    for (const int cpu : topology.possible.members()) {
      if (cpu > 0 && one_in(offline)) topology.online.remove(cpu);
      if (one_in(isolated)) topology.isolated.add(cpu);
    }
    for (NumaNode& node : topology.nodes) node.cpus = node.cpus & topology.online;
    for (CpuSet& core : topology.cores) core = core & topology.online;
    std::erase_if(topology.cores, [](const CpuSet& core) { return core.empty(); });
  }

  std::mt19937 random_;
  int next_irq_ = 40;
};

}  // namespace tuner::test
