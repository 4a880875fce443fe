// Assigns each queue's interrupt to a CPU, with the reason. Pure.
#pragma once

#include "model/facts.h"

#include <string>
#include <vector>

namespace tuner {

struct Placed {
  std::string nic;
  NicIrq irq;
  CpuSet cpus;  // one CPU; empty when it cannot be placed
  std::string
      because;  // "queue 3 on core 2 of node 1 (4 cores, 2 NICs)" or why it cannot be placed
};

// numa-local-spread:
// - Each queue goes to a physical core of the NIC's local node (model/local_node.h), one queue per
//   core. SMT siblings are used only when cores run out, isolated and offline CPUs never.
// - The NICs of a node share its cores in turn: no core gets two queues more than another, neither
//   of one NIC nor of all.
// - The rx and tx interrupts of a queue go to the same CPU.
// - Interrupts without a queue (link events) are not in the result.
//
// The result is in the order of `nics`, then by queue. The CPU of a queue does not depend on that
// order, on the names and numbers of interfaces and interrupts, or on NICs of other nodes.
std::vector<Placed> place_numa_local_spread(const Topology& topology,
                                            const std::vector<const Nic*>& nics);

}  // namespace tuner
