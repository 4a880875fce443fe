#include "model/steering.h"

#include "model/local_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace tuner {
namespace {

struct TxQueue {
  CpuSet irq;           // the CPU of its interrupt; empty: none
  CpuSet others;        // other CPUs that send to it
  int senders = 0;      // the number of all these CPUs
  std::string unknown;  // why its interrupt is not known
};

bool serves_transmit(const NicIrq& irq) {
  return irq.role == NicIrq::Role::Tx || irq.role == NicIrq::Role::RxTx;
}

// The transmit interrupt of each queue. A driver without one (cxgb4) handles completions with the
// receive queue of the same number.
std::map<int, const Placed*> by_queue(std::span<const Placed> placed) {
  std::map<int, const Placed*> irqs;
  for (const Placed& one : placed) {
    const auto [known, is_new] = irqs.try_emplace(one.irq.queue, &one);
    if (!is_new && !serves_transmit(known->second->irq)) known->second = &one;
  }
  return irqs;
}

TxQueue make_queue(const Nic& nic, int number, const std::map<int, const Placed*>& irqs) {
  const auto irq = irqs.find(number);
  if (irq == irqs.end())
    return {.unknown =
                fmt::format("no interrupt of {} is known for transmit queue {}", nic.name, number)};
  if (irq->second->cpus.empty()) return {.unknown = irq->second->because};
  return {.irq = irq->second->cpus, .senders = irq->second->cpus.size()};
}

// A core with CPUs that are in no map yet.
struct UnassignedCore {
  CpuSet cpus;                    // the CPUs in no map
  std::vector<TxQueue*> on_core;  // queues with their interrupt on this core
  bool near = false;              // on the node of the interrupts
};

std::vector<UnassignedCore> unassigned_cores(const Topology& topology,
                                             std::vector<TxQueue>& queues) {
  std::map<int, std::vector<TxQueue*>> by_cpu;
  CpuSet assigned;
  int node = -1;
  for (TxQueue& queue : queues) {
    if (queue.irq.empty()) continue;
    by_cpu[queue.irq.first()].push_back(&queue);
    assigned = assigned | queue.irq;
    // Any queue tells the node: placement puts all interrupts of a NIC on its local node.
    node = topology.node_of(queue.irq.first());
  }
  std::vector<UnassignedCore> cores;
  for (const CpuSet& core : by_core(topology, topology.online)) {
    UnassignedCore left{.cpus = core - assigned, .near = topology.node_of(core.first()) == node};
    if (left.cpus.empty()) continue;
    for (const int cpu : core.members()) {
      const auto here = by_cpu.find(cpu);
      if (here != by_cpu.end()) std::ranges::copy(here->second, std::back_inserter(left.on_core));
    }
    cores.push_back(std::move(left));
  }
  // Cores with an interrupt first, because their queue is fixed; then near ones, so that the queues
  // with the fewest senders go to them and distant cores fill up the rest.
  std::ranges::stable_sort(cores, {}, [](const UnassignedCore& core) {
    return std::tuple(core.on_core.empty(), !core.near);
  });
  return cores;
}

// The CPUs of a core share one map, because SMT siblings share the caches.
void assign_remaining_cpus(const Topology& topology, std::vector<TxQueue>& queues) {
  std::vector<TxQueue*> all;
  for (TxQueue& queue : queues) {
    if (!queue.irq.empty()) all.push_back(&queue);
  }
  if (all.empty()) return;
  for (const UnassignedCore& core : unassigned_cores(topology, queues)) {
    const auto& candidates = core.on_core.empty() ? all : core.on_core;
    TxQueue& queue = **std::ranges::min_element(candidates, {}, &TxQueue::senders);
    queue.others = queue.others | core.cpus;
    queue.senders += core.cpus.size();
  }
}

std::string because(const TxQueue& queue) {
  if (!queue.unknown.empty()) return queue.unknown;
  std::string text = fmt::format("its interrupt goes to CPU {}", queue.irq.to_list());
  if (!queue.others.empty())
    text += queue.others.size() == 1
                ? fmt::format("; CPU {} has no nearer queue", queue.others.to_list())
                : fmt::format("; CPUs {} have no nearer queue", queue.others.to_list());
  return text;
}

}  // namespace

std::vector<Steered> steer_transmit(const Topology& topology, const Nic& nic,
                                    std::span<const Placed> placed) {
  const auto irqs = by_queue(placed);
  std::vector<TxQueue> queues;
  for (int number = 0; number < nic.tx_queues; ++number)
    queues.push_back(make_queue(nic, number, irqs));
  assign_remaining_cpus(topology, queues);
  std::vector<Steered> steered;
  for (const TxQueue& queue : queues) {
    steered.push_back({.queue = static_cast<int>(steered.size()),
                       .cpus = queue.irq | queue.others,
                       .because = because(queue)});
  }
  return steered;
}

Result<Spread> spread_receive(const Topology& topology, const Nic& nic) {
  const auto local = TRY(local_node(topology, nic));
  Spread spread;
  std::size_t cores = 0;
  for (const CpuSet& core : usable_cores(topology, local)) {
    const CpuSet usable = core - topology.nohz_full;
    if (usable.empty()) continue;
    ++cores;
    spread.cpus.add(usable.first());
  }
  if (cores == 0)
    return fail(Fault::Unsupported,
                fmt::format("all CPUs of {} are offline, isolated or nohz_full", local.name));
  spread.few_queues = static_cast<std::size_t>(nic.rx_queues) < cores;
  spread.because = fmt::format("{} receive queue{} for {} core{} of {}{}{}: {}", nic.rx_queues,
                               nic.rx_queues == 1 ? "" : "s", cores, cores == 1 ? "" : "s",
                               local.name, local.because.empty() ? "" : ", ", local.because,
                               spread.few_queues ? "spread over them in software"
                                                 : "the NIC spreads packets itself, RPS stays off");
  if (!spread.few_queues) spread.cpus = {};
  return spread;
}

}  // namespace tuner
