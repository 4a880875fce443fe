#include "model/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace tuner {
namespace {

constexpr int kWholeMachine = -1;  // instead of a node's id: this kernel tells of no nodes

struct Cpu {
  int number = 0;
  int queues = 0;
};

struct Core {
  std::vector<Cpu> cpus;  // usable siblings, by number
  int queues = 0;         // of all NICs
  int queues_of_nic = 0;  // of the NIC that is being placed
};

struct NodeCores {
  std::vector<Core> cores;
  int nics = 0;  // that share them
};

Core make_core(const CpuSet& cpus) {
  Core core;
  for (const int cpu : cpus.members()) core.cpus.push_back({.number = cpu});
  return core;
}

// A CPU that no core names (its topology files are missing) counts as a core of its own.
std::vector<Core> usable_cores(const Topology& topology, const CpuSet& of_node) {
  CpuSet left = (of_node & topology.online) - topology.isolated;
  std::vector<Core> cores;
  for (const CpuSet& siblings : topology.cores) {
    const CpuSet usable = siblings & left;
    if (!usable.empty()) cores.push_back(make_core(usable));
    left = left - usable;
  }
  for (const int cpu : left.members()) cores.push_back(make_core(CpuSet::of({cpu})));
  return cores;
}

std::vector<const NumaNode*> nodes_with_cpus(const Topology& topology) {
  std::vector<const NumaNode*> nodes;
  for (const NumaNode& node : topology.nodes) {
    if (!node.cpus.empty()) nodes.push_back(&node);
  }
  return nodes;
}

// The node whose CPUs serve this NIC: its id, or why there is none.
Result<int> node_for(const Topology& topology, const Nic& nic) {
  const auto with_cpus = nodes_with_cpus(topology);
  if (!topology.problems.empty())
    return fail(Fault::Unsupported, "the topology is broken: " + topology.problems.front());
  if (topology.nodes.empty()) return kWholeMachine;
  if (nic.numa_node < 0) {
    if (with_cpus.size() == 1) return with_cpus.front()->id;
    return fail(Fault::Unsupported,
                fmt::format("{} tells no NUMA node (numa_node -1) and this machine has {}: which "
                            "CPUs are near it would be a guess",
                            nic.name, topology.nodes.size()));
  }
  const auto node = std::ranges::find(topology.nodes, nic.numa_node, &NumaNode::id);
  if (node == topology.nodes.end())
    return fail(
        Fault::Unsupported,
        fmt::format("{} is on node {}, which this machine does not have", nic.name, nic.numa_node));
  if (node->cpus.empty())
    return fail(Fault::Unsupported,
                fmt::format("{} is on node {}, which has no CPUs", nic.name, nic.numa_node));
  return node->id;
}

CpuSet cpus_of(const Topology& topology, int node) {
  const auto found = std::ranges::find(topology.nodes, node, &NumaNode::id);
  return found == topology.nodes.end() ? topology.online : found->cpus;
}

// The least burdened core: first for this NIC, so that its queues spread; then for all NICs, so
// that they take turns; then one with an idle sibling; then the first.
std::size_t pick_core(const std::vector<Core>& cores) {
  const auto burden = [](const Core& core) {
    const auto idlest = std::ranges::min_element(core.cpus, {}, &Cpu::queues);
    return std::tuple(core.queues_of_nic, core.queues, idlest->queues);
  };
  return static_cast<std::size_t>(std::ranges::min_element(cores, {}, burden) - cores.begin());
}

std::string node_text(int node) {
  return node == kWholeMachine ? "this machine" : fmt::format("node {}", node);
}

std::string count(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

struct Choice {
  CpuSet cpus;
  std::string because;
};

Choice choose(const std::string& where, NodeCores& node, int queue) {
  const std::size_t index = pick_core(node.cores);
  Core& core = node.cores[index];
  const bool shared = core.queues > 0;
  const auto cpu = std::ranges::min_element(core.cpus, {}, &Cpu::queues);
  ++core.queues;
  ++core.queues_of_nic;
  ++cpu->queues;
  std::string because = fmt::format("queue {} on core {} of {} ({}, {})", queue, index, where,
                                    count(node.cores.size(), "core"),
                                    count(static_cast<std::size_t>(node.nics), "NIC"));
  if (shared) because += ", shared: more queues than cores";
  return {CpuSet::of({cpu->number}), std::move(because)};
}

std::vector<NicIrq> queue_irqs(const Nic& nic) {
  std::vector<NicIrq> irqs;
  std::ranges::copy_if(nic.irqs, std::back_inserter(irqs),
                       [](const NicIrq& irq) { return irq.queue >= 0; });
  std::ranges::stable_sort(irqs, {},
                           [](const NicIrq& irq) { return std::tuple(irq.queue, irq.number); });
  return irqs;
}

void place_nic(const Nic& nic, const std::string& where, NodeCores& node,
               std::vector<Placed>& placed) {
  for (Core& core : node.cores) core.queues_of_nic = 0;
  int queue = -1;
  Choice choice;
  for (const NicIrq& irq : queue_irqs(nic)) {
    if (irq.queue != queue) choice = choose(where, node, irq.queue);
    queue = irq.queue;
    placed.push_back({nic.name, irq, choice.cpus, choice.because});
  }
}

void place_nowhere(const Nic& nic, const std::string& because, std::vector<Placed>& placed) {
  for (const NicIrq& irq : queue_irqs(nic)) placed.push_back({nic.name, irq, {}, because});
}

}  // namespace

std::vector<Placed> place_numa_local_spread(const Topology& topology,
                                            const std::vector<const Nic*>& nics) {
  std::vector<Result<int>> homes;
  std::map<int, NodeCores> nodes;
  for (const Nic* nic : nics) {
    homes.push_back(node_for(topology, *nic));
    if (!homes.back()) continue;
    NodeCores& node = nodes[*homes.back()];
    if (node.nics++ == 0) node.cores = usable_cores(topology, cpus_of(topology, *homes.back()));
  }
  std::vector<Placed> placed;
  for (std::size_t i = 0; i < nics.size(); ++i) {
    if (!homes[i]) {
      place_nowhere(*nics[i], homes[i].error().text, placed);
      continue;
    }
    const std::string where = node_text(*homes[i]);
    NodeCores& node = nodes[*homes[i]];
    if (node.cores.empty()) {
      place_nowhere(*nics[i], fmt::format("all CPUs of {} are offline or isolated", where), placed);
    } else {
      place_nic(*nics[i], where, node, placed);
    }
  }
  return placed;
}

}  // namespace tuner
