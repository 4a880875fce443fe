#include "model/local_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tuner {
namespace {

constexpr int kNoNode = -1;

const NumaNode* find_node(const Topology& topology, int id) {
  const auto found = std::ranges::find(topology.nodes, id, &NumaNode::id);
  return found == topology.nodes.end() ? nullptr : &*found;
}

LocalNode local_on(const NumaNode& node) {
  return {.node = node.id, .name = fmt::format("node {}", node.id)};
}

std::vector<const NumaNode*> nodes_with_cpus(const Topology& topology) {
  std::vector<const NumaNode*> nodes;
  for (const NumaNode& node : topology.nodes) {
    if (!node.cpus.empty()) nodes.push_back(&node);
  }
  std::ranges::sort(nodes, {}, &NumaNode::id);
  return nodes;
}

// If two nodes have the same distance, the one with the smaller number.
const NumaNode* nearest_with_cpus(const Topology& topology, const NumaNode& from) {
  const NumaNode* nearest = nullptr;
  for (const NumaNode* node : nodes_with_cpus(topology)) {
    if (!from.distances.contains(node->id)) continue;
    if (nearest == nullptr || from.distances.at(node->id) < from.distances.at(nearest->id))
      nearest = node;
  }
  return nearest;
}

// For a node with memory only (CXL, HBM), or with all CPUs offline: the kernel lists no CPUs for
// either.
Result<LocalNode> local_near(const Topology& topology, const Nic& nic, const NumaNode& own) {
  const NumaNode* nearest = nearest_with_cpus(topology, own);
  if (nearest == nullptr)
    return fail(
        Fault::Unsupported,
        fmt::format(
            "{} is on node {}, which has no CPUs, and no distance shows which node is the nearest",
            nic.name, own.id));
  LocalNode local = local_on(*nearest);
  local.because = fmt::format("the nearest to node {}, which has no CPUs (distance {})", own.id,
                              own.distances.at(nearest->id));
  return local;
}

void add_lowest(const Facts& facts, const Nic& nic, std::vector<const Nic*>& lowest) {
  if (nic.lowers.empty() && std::ranges::count(lowest, &nic) == 0) lowest.push_back(&nic);
  for (const std::string& name : nic.lowers) {
    if (const Nic* lower = facts.nic(name)) add_lowest(facts, *lower, lowest);
  }
}

std::vector<const Nic*> lowest_of(const Facts& facts, const Nic& nic) {
  std::vector<const Nic*> lowest;
  add_lowest(facts, nic, lowest);
  return lowest;
}

}  // namespace

Result<LocalNode> local_node(const Topology& topology, const Nic& nic) {
  // Interrupts on CPUs of a node that may not exist are worse than none placed.
  if (!topology.problems.empty())
    return fail(Fault::Unsupported, "the topology is inconsistent: " + topology.problems.front());
  if (topology.nodes.empty()) return LocalNode{.node = kNoNode, .name = "this machine"};
  if (nic.numa_node < 0) {
    const auto with_cpus = nodes_with_cpus(topology);
    // -1 is usual on machines with one node.
    if (with_cpus.size() == 1) return local_on(*with_cpus.front());
    return fail(Fault::Unsupported, fmt::format("{} reports no NUMA node (numa_node = -1); this "
                                                "machine has {}: its local CPUs are not known",
                                                nic.name, topology.nodes.size()));
  }
  const NumaNode* own = find_node(topology, nic.numa_node);
  if (own == nullptr)
    return fail(
        Fault::Unsupported,
        fmt::format("{} is on node {}, which this machine does not have", nic.name, nic.numa_node));
  return own->cpus.empty() ? local_near(topology, nic, *own) : local_on(*own);
}

std::vector<CpuSet> usable_cores(const Topology& topology, const LocalNode& local) {
  const NumaNode* node = find_node(topology, local.node);
  const CpuSet& cpus = node == nullptr ? topology.online : node->cpus;
  return by_core(topology, (cpus & topology.online) - topology.isolated);
}

// Siblings are numbered next to each other (0,1) or far apart (0,64). Sorting by the core's first
// CPU gives the same order in both.
std::vector<CpuSet> by_core(const Topology& topology, const CpuSet& cpus) {
  CpuSet left = cpus;
  std::map<int, CpuSet> cores;  // by the core's first CPU, even if that one is not in `cpus`
  for (const CpuSet& siblings : topology.cores) {
    CpuSet core = siblings & left;
    if (core.empty()) continue;
    left = left - core;
    cores.emplace(siblings.first(), std::move(core));
  }
  for (const int cpu : left.members()) cores.emplace(cpu, CpuSet::of({cpu}));
  std::vector<CpuSet> ordered;
  for (auto& [first, core] : cores) ordered.push_back(std::move(core));
  return ordered;
}

Result<PlaceNear> place_near(const Facts& facts, std::string_view nic) {
  const Nic* const named = facts.nic(nic);
  if (named == nullptr)
    return fail(Fault::NotFound, fmt::format("no NIC named '{}'", nic),
                "ktls-tuner facts lists them");
  std::optional<LocalNode> local;
  for (const Nic* lower : lowest_of(facts, *named)) {
    auto one = TRY(local_node(facts.topology, *lower));
    if (local && local->node != one.node)
      return fail(Fault::Unsupported,
                  fmt::format("the NICs below {} are on several nodes", named->name),
                  "name one of them");
    local = std::move(one);
  }
  if (!local)
    return fail(Fault::Unsupported, fmt::format("{} has no device below it", named->name),
                "name a physical NIC");
  PlaceNear place{.local = std::move(*local), .cpus = {}, .is_choice = false};
  for (const CpuSet& core : usable_cores(facts.topology, place.local))
    place.cpus = place.cpus | core;
  if (place.cpus.empty())
    return fail(Fault::Unsupported, fmt::format("all CPUs of {} are isolated", place.local.name));
  place.is_choice = nodes_with_cpus(facts.topology).size() > 1;
  return place;
}

}  // namespace tuner
