#include "model/placement.h"

#include "model/local_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace tuner {
namespace {

struct Cpu {
  int number = 0;
  int queues = 0;
};

struct Core {
  std::vector<Cpu> cpus;  // usable siblings, by number
  int queues = 0;         // of all NICs

  Cpu& idlest() { return *std::ranges::min_element(cpus, {}, &Cpu::queues); }
};

struct NodeCores {
  std::vector<Core> cores;
  int nics = 0;  // that share them
};

// The place of one queue of a NIC; the i-th queue gets turns[i].
struct Turn {
  std::size_t core = 0;
  int cpu = 0;
  bool shared = false;  // the core had queues before
};

NodeCores node_cores(const Topology& topology, const LocalNode& local) {
  NodeCores node;
  for (const CpuSet& cpus : usable_cores(topology, local)) {
    Core& core = node.cores.emplace_back();
    for (const int cpu : cpus.members()) core.cpus.push_back({.number = cpu});
  }
  return node;
}

// The cores by load: first those with the fewest queues; among equals, those with the idlest
// sibling, then by index.
std::vector<std::size_t> by_load(std::vector<Core>& cores) {
  std::vector<std::tuple<int, int, std::size_t>> loads;
  for (std::size_t i = 0; i < cores.size(); ++i)
    loads.emplace_back(cores[i].queues, cores[i].idlest().queues, i);
  std::ranges::sort(loads);
  std::vector<std::size_t> order;
  for (const auto& load : loads) order.push_back(std::get<2>(load));
  return order;
}

// Works in rounds: each core gets one queue of this NIC before any core gets the next. A round
// starts with the least loaded cores, so the NICs of a node take turns.
std::vector<Turn> take_turns(NodeCores& node, std::size_t queues) {
  std::vector<Turn> turns;
  // A round sorts the cores once: n queues on c cores cost n/c sorts, where a search for the idlest
  // core per queue was quadratic.
  while (turns.size() < queues) {
    for (const std::size_t index : by_load(node.cores)) {
      if (turns.size() == queues) break;
      Core& core = node.cores[index];
      Cpu& cpu = core.idlest();
      turns.push_back({.core = index, .cpu = cpu.number, .shared = core.queues > 0});
      ++core.queues;
      ++cpu.queues;
    }
  }
  return turns;
}

std::string count(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string reason(int queue, const Turn& turn, const LocalNode& local, const NodeCores& node) {
  return fmt::format("queue {} on core {} of {} ({}, {}){}{}{}", queue, turn.core, local.name,
                     count(node.cores.size(), "core"),
                     count(static_cast<std::size_t>(node.nics), "NIC"),
                     turn.shared ? ", shared: more queues than cores" : "",
                     local.because.empty() ? "" : "; ", local.because);
}

std::vector<NicIrq> queue_irqs(const Nic& nic) {
  std::vector<NicIrq> irqs;
  std::ranges::copy_if(nic.irqs, std::back_inserter(irqs),
                       [](const NicIrq& irq) { return irq.queue >= 0; });
  // The rx and tx interrupts of a queue become neighbours, so that place_nic() gives both the same
  // turn.
  std::ranges::stable_sort(irqs, {},
                           [](const NicIrq& irq) { return std::tuple(irq.queue, irq.number); });
  return irqs;
}

std::vector<Placed> place_nic(const Nic& nic, const LocalNode& local, NodeCores& node) {
  const auto irqs = queue_irqs(nic);
  std::vector<int> queues;
  for (const NicIrq& irq : irqs) {
    if (queues.empty() || queues.back() != irq.queue) queues.push_back(irq.queue);
  }
  const auto turns = take_turns(node, queues.size());
  std::vector<Placed> placed;
  std::size_t at = 0;
  for (const NicIrq& irq : irqs) {
    if (queues[at] != irq.queue) ++at;
    placed.push_back(
        {nic.name, irq, CpuSet::of({turns[at].cpu}), reason(irq.queue, turns[at], local, node)});
  }
  return placed;
}

// One result per interrupt with the reason, so that a required placement shows as unsupported and
// not as nothing to do.
std::vector<Placed> unplaced(const Nic& nic, const std::string& because) {
  std::vector<Placed> placed;
  for (const NicIrq& irq : queue_irqs(nic)) placed.push_back({nic.name, irq, {}, because});
  return placed;
}

// By key, which survives renames; then by ifindex, for several interfaces on one PCI function.
std::vector<std::size_t> in_stable_order(const std::vector<const Nic*>& nics) {
  std::vector<std::size_t> order(nics.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::tuple(nics[i]->key(), nics[i]->ifindex, nics[i]->name);
  });
  return order;
}

}  // namespace

std::vector<Placed> place_numa_local_spread(const Topology& topology,
                                            const std::vector<const Nic*>& nics) {
  std::vector<Result<LocalNode>> locals;
  std::map<int, NodeCores> nodes;
  for (const Nic* nic : nics) {
    locals.push_back(local_node(topology, *nic));
    if (!locals.back()) continue;
    const auto [node, is_new] = nodes.try_emplace(locals.back()->node);
    if (is_new) node->second = node_cores(topology, *locals.back());
    ++node->second.nics;
  }
  std::vector<std::vector<Placed>> by_nic(nics.size());
  // A stable order, because NICs of a node take turns: by name, renaming one interface moved the
  // queues of all others.
  for (const std::size_t i : in_stable_order(nics)) {
    if (!locals[i]) {
      by_nic[i] = unplaced(*nics[i], locals[i].error().text);
      continue;
    }
    NodeCores& node = nodes[locals[i]->node];
    by_nic[i] = node.cores.empty()
                    ? unplaced(*nics[i], fmt::format("all CPUs of {} are offline or isolated",
                                                     locals[i]->name))
                    : place_nic(*nics[i], *locals[i], node);
  }
  std::vector<Placed> placed;
  for (auto& one : by_nic) std::ranges::move(one, std::back_inserter(placed));
  return placed;
}

}  // namespace tuner
