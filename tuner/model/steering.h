// Assigns CPUs to queues: transmit packet steering (XPS) and receive packet steering (RPS), as
// recommended by Documentation/networking/scaling.rst. Pure.
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
  CpuSet cpus;          // empty: not known
  std::string because;  // the reason for the CPUs, or why they are not known
};

// XPS, match-irqs: for each transmit queue of a NIC the CPUs that send to it. `placed` has the CPUs
// of this NIC's interrupts.
//
// The maps cover every online CPU. A CPU in no map can still send: the kernel then selects any
// queue by the packet's hash (net/core/dev.c, netdev_pick_tx), and the CPU contends for the lock of
// that queue. So:
// - The CPU of a queue's interrupt is in that queue's map, because it handles the transmit
//   completions.
// - Every other CPU is in exactly one map: that of its SMT siblings' queue, else that of the queue
//   with the fewest CPUs. Cores are not split, and cores of the NIC's node come first.
// - Isolated CPUs are included: programs on them send too, and XPS gives a CPU no work.
//
// Only with more queues than cores is a CPU in several maps; the kernel then selects by hash.
std::vector<Steered> steer_transmit(const Topology& topology, const Nic& nic,
                                    std::span<const Placed> placed);

struct Spread {
  bool few_queues = false;  // fewer receive queues than cores: RPS helps
  CpuSet cpus;              // with few_queues one CPU of each core of the local node, else empty
  std::string because;
};

// RPS, few-queues: one set for all receive queues of a NIC. It can contain the interrupt's own CPU,
// as in the typical configuration of scaling.rst. It has no isolated and nohz_full CPUs, which the
// kernel would remove from the mask (net/core/net-sysfs.c). Errors: those of local_node();
// Unsupported if the node has no usable CPU.
Result<Spread> spread_receive(const Topology& topology, const Nic& nic);

}  // namespace tuner
