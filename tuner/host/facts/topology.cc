#include "base/number.h"
#include "base/text.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

constexpr std::string_view kCpus = "/sys/devices/system/cpu";
constexpr std::string_view kNodes = "/sys/devices/system/node";

// Reads "0-3,8"; empty if the file is missing. A malformed list is added to `problems`.
CpuSet read_list(const FileTree& files, const std::string& path,
                 std::vector<std::string>& problems) {
  const auto cpus = CpuSet::parse_list(read_word(files, path));
  if (!cpus) problems.push_back(fmt::format("{}: {}", path, cpus.error().text));
  return cpus.value_or(CpuSet());
}

// "10 21 31 21": one distance per online node (those with a folder), in order. A line with another
// number of fields is ignored. Distances are used only for NICs on nodes without CPUs.
void read_distances(const FileTree& files, std::vector<NumaNode>& nodes) {
  for (NumaNode& node : nodes) {
    const std::string text = read_word(files, fmt::format("{}/node{}/distance", kNodes, node.id));
    const auto fields = split_whitespace(text);
    // Fields have no node number. With one too many or too few, each may belong to another node.
    if (fields.size() != nodes.size()) continue;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (const auto distance = whole_number<int>(fields[i], 1))
        node.distances[nodes[i].id] = *distance;
    }
  }
}

// Without node folders (kernels without CONFIG_NUMA) node 0 has all CPUs.
std::vector<NumaNode> read_nodes(const FileTree& files, Topology& topology) {
  std::vector<NumaNode> nodes;
  for (const int id : list_numbered(files, kNodes, "node")) {
    const std::string path = fmt::format("{}/node{}/cpulist", kNodes, id);
    nodes.push_back({.id = id, .cpus = read_list(files, path, topology.problems)});
  }
  if (nodes.empty()) nodes.push_back({.id = 0, .cpus = topology.online});
  read_distances(files, nodes);
  return nodes;
}

// thread_siblings_list is the older name and still exists; core_cpus_list exists since Linux 5.3.
CpuSet read_siblings(const FileTree& files, int cpu, std::vector<std::string>& problems) {
  constexpr std::array<std::string_view, 2> kNames{"thread_siblings_list", "core_cpus_list"};
  for (const std::string_view name : kNames) {
    const std::string path = fmt::format("{}/cpu{}/topology/{}", kCpus, cpu, name);
    CpuSet siblings = read_list(files, path, problems);
    if (siblings.contains(cpu)) return siblings;
    if (!siblings.empty())
      problems.push_back(
          fmt::format("{}: '{}' does not contain CPU {}", path, siblings.to_list(), cpu));
  }
  return CpuSet::of({cpu});
}

// One read per core instead of per CPU: a CPU's sibling list has all CPUs of its core.
std::vector<CpuSet> read_cores(const FileTree& files, Topology& topology) {
  std::vector<CpuSet> cores;
  CpuSet seen;
  for (const int cpu : topology.online.members()) {
    if (seen.contains(cpu)) continue;
    // A CPU that two lists name belongs to the first core.
    cores.push_back((read_siblings(files, cpu, topology.problems) & topology.online) - seen);
    seen = seen | cores.back();
  }
  return cores;
}

// Placement relies on nodes that are disjoint and have all online CPUs. Damaged recordings and some
// hypervisors present others; the problems are shown instead of placing interrupts by them.
void check_nodes(Topology& topology) {
  CpuSet seen;
  for (const NumaNode& node : topology.nodes) {
    const CpuSet twice = node.cpus & seen;
    if (!twice.empty())
      topology.problems.push_back(
          fmt::format("node {} shares CPUs {} with another node", node.id, twice.to_list()));
    const CpuSet unknown = node.cpus - topology.present;
    if (!unknown.empty())
      topology.problems.push_back(
          fmt::format("node {} lists CPUs {}, which are not present", node.id, unknown.to_list()));
    seen = seen | node.cpus;
  }
  const CpuSet without_node = topology.online - seen;
  if (!without_node.empty())
    topology.problems.push_back(fmt::format("no node lists CPUs {}", without_node.to_list()));
}

}  // namespace

Topology collect_topology(const FileTree& files) {
  Topology topology;
  const auto set = [&](std::string_view name) {
    return read_list(files, fmt::format("{}/{}", kCpus, name), topology.problems);
  };
  topology.possible = set("possible");
  topology.present = set("present");
  topology.online = set("online");
  // The first file has isolcpus=, the second cpuset partitions (since Linux 6.8).
  topology.isolated =
      set("isolated") | read_list(files, "/sys/fs/cgroup/cpuset.cpus.isolated", topology.problems);
  // Some kernels print " (null)" if nohz_full= is not used, so a malformed list is no problem here.
  topology.nohz_full =
      CpuSet::parse_list(read_word(files, fmt::format("{}/nohz_full", kCpus))).value_or(CpuSet());
  if (topology.online.empty())
    topology.problems.push_back(fmt::format("{}/online lists no CPU", kCpus));
  if (topology.present.empty()) topology.present = topology.online | topology.possible;
  topology.nodes = read_nodes(files, topology);
  check_nodes(topology);
  topology.cores = read_cores(files, topology);
  return topology;
}

}  // namespace tuner
