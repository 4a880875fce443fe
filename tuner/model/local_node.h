// The local node of a NIC: the NUMA node whose CPUs serve it, and that node's cores. Pure.
#pragma once

#include "base/result.h"
#include "model/facts.h"

#include <string>
#include <vector>

namespace tuner {

struct LocalNode {
  int node = -1;        // -1: this kernel reports no nodes; all CPUs are local
  std::string name;     // "node 1", "this machine"
  std::string because;  // why the node is not the NIC's own; usually empty
  bool operator==(const LocalNode&) const = default;
};

// The NIC's own node. If the NIC reports node -1 and only one node has CPUs, that node. If the
// NIC's node has no CPUs, the nearest node with CPUs, if the distances are known.
// Fault::Unsupported: there is no such node, for the reason in the text; nothing is guessed.
Result<LocalNode> local_node(const Topology& topology, const Nic& nic);

// Where a program runs that is to be near a NIC.
struct PlaceNear {
  LocalNode local;
  CpuSet cpus;  // the online, not isolated CPUs of the node
  // Whether another node has CPUs, too. Otherwise there is nothing to choose.
  bool is_choice = false;
  bool operator==(const PlaceNear&) const = default;
};

// The place near an interface of this name; a bond or VLAN stands for what is below it. NotFound:
// no such interface. Unsupported: as local_node(); it has lower devices on several nodes; or all
// CPUs of the node are isolated.
Result<PlaceNear> place_near(const Facts& facts, std::string_view nic);

// The online, not isolated CPUs of the node, one set per core (SMT siblings together), ordered by
// the core's first CPU. Empty: the node has none.
std::vector<CpuSet> usable_cores(const Topology& topology, const LocalNode& local);

// `cpus`, one set per core. A CPU in no core (its topology files are missing) is a separate core.
std::vector<CpuSet> by_core(const Topology& topology, const CpuSet& cpus);

}  // namespace tuner
