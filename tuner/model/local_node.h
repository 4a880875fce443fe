// Where a NIC is at home: the NUMA node whose CPUs serve it, and that node's cores. Pure.
#pragma once

#include "base/result.h"
#include "model/facts.h"

#include <string>
#include <vector>

namespace tuner {

struct LocalNode {
  int node = -1;        // -1: this kernel tells of no nodes, all CPUs are meant
  std::string name;     // "node 1", "this machine"
  std::string because;  // why it is another node than the NIC's own; mostly empty
  bool operator==(const LocalNode&) const = default;
};

// The NIC's own node; on a machine where one node has all CPUs, that one also for node -1; for a
// node without CPUs the nearest that has some, where the distances are known. Fault::Unsupported
// says why there is none: nothing is guessed.
Result<LocalNode> local_node(const Topology& topology, const Nic& nic);

// The CPUs of a home that may be given work, core by core (SMT siblings together), ordered by the
// core's first CPU: no offline and no isolated ones. Empty: it has none.
std::vector<CpuSet> usable_cores(const Topology& topology, const LocalNode& local);

// `cpus` core by core. A CPU that no core names (its topology files are missing) is a core of its
// own.
std::vector<CpuSet> by_core(const Topology& topology, const CpuSet& cpus);

}  // namespace tuner
