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

// numa-local-spread: queue i of a NIC goes to a physical core of the node where the NIC is at home
// (model/local_node.h), one queue a core; SMT siblings only when cores run out; isolated and
// offline CPUs never; several NICs of a node share its cores in turn, so that no core has two
// queues more than another, of one NIC or of all. rx-i and tx-i of one queue go together.
// Interrupts without a queue (link events) are not in the result.
//
// The result is in the order of `nics`, queue by queue; where a queue goes depends neither on that
// order nor on names and numbers of interfaces and interrupts, nor on NICs of other nodes.
std::vector<Placed> place_numa_local_spread(const Topology& topology,
                                            const std::vector<const Nic*>& nics);

}  // namespace tuner
