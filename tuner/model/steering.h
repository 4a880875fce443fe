// Which CPUs use which queue: transmit packet steering (XPS) and receive packet steering (RPS), as
// Documentation/networking/scaling.rst recommends them. Pure.
#pragma once

#include "base/result.h"
#include "model/facts.h"
#include "model/placement.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

struct Steered {
  int queue = 0;
  CpuSet cpus;          // empty: it cannot be told
  std::string because;  // or why it cannot
};

// XPS, match-irqs: for each transmit queue of a NIC the CPUs that send to it. `placed` says where
// this NIC's interrupts go.
//
// The maps cover every online CPU. A CPU in no map is not kept from sending: the kernel then picks
// any queue by the packet's hash (net/core/dev.c, netdev_pick_tx), and it contends for the lock of
// that queue with the CPU that has it. So the CPU of a queue's interrupt is in that queue's map,
// because there the transmit completions are handled; each other CPU is in exactly one map: its
// SMT siblings' queue, else the least shared one, whole cores at a time and those of the NIC's node
// first. Isolated CPUs too: the programs on them send like any other, and steering sends them no
// work.
//
// Only with more queues than cores is one CPU in several maps; among these the kernel picks by
// hash.
std::vector<Steered> steer_transmit(const Topology& topology, const Nic& nic,
                                    std::span<const Placed> placed);

struct Spread {
  bool few_queues = false;  // fewer receive queues than cores: RPS gives more CPUs work
  CpuSet cpus;              // then one of each core of the NIC's node; else none
  std::string because;
};

// RPS, few-queues: the same for all receive queues of a NIC. The interrupt's own CPU stays among
// them, as in the typical configuration of scaling.rst; without isolated and nohz_full CPUs, which
// the kernel takes out of the mask itself (net/core/net-sysfs.c). Fails as local_node().
Result<Spread> spread_receive(const Topology& topology, const Nic& nic);

}  // namespace tuner
