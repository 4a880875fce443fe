// Which CPU each queue's interrupt should go to. Pure: facts and a policy in, an assignment with
// its reason out.
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

// numa-local-spread: queue i of a NIC goes to a physical core of the NIC's own node, one queue a
// core; SMT siblings only when cores run out; isolated and offline CPUs never; several NICs of a
// node share its cores in turn. rx-i and tx-i of one queue go together. On a machine with one node,
// node -1 means that node; with several it cannot be placed. Interrupts without a queue (link
// events) are not in the result.
std::vector<Placed> place_numa_local_spread(const Topology& topology,
                                            const std::vector<const Nic*>& nics);

}  // namespace tuner
