// The number of a NIC's queues. With most drivers a change takes the link down for a moment. It
// renumbers interrupts and resets affinities and XPS to the driver's defaults, even if the old
// number is restored later.
#include "knobs/nic_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::string_view kLocalCores = "local-cores";
constexpr std::array<std::string_view, 3> kDisturbs{"irq_affinity", "xps", "rps"};

// The number of a node's physical cores that have a usable CPU: online and not isolated.
std::int64_t cores_of(const Topology& topology, const CpuSet& node) {
  const CpuSet usable = (node & topology.online) - topology.isolated;
  return std::ranges::count_if(topology.cores,
                               [&](const CpuSet& core) { return !(core & usable).empty(); });
}

Resolved resolve_local_cores(const Topology& topology, const Nic& nic, std::int64_t most) {
  const NumaNode* node = nullptr;
  for (const NumaNode& one : topology.nodes) {
    if (one.id == nic.numa_node || (nic.numa_node < 0 && topology.nodes.size() == 1)) node = &one;
  }
  if (node == nullptr)
    return {.because = fmt::format("{} reports no NUMA node (numa_node = {}); this machine has {}",
                                   nic.name, nic.numa_node, topology.nodes.size())};
  const std::int64_t cores = cores_of(topology, node->cpus);
  if (cores == 0)
    return {.because = fmt::format("node {} of {} has no usable CPU", node->id, nic.name)};
  return {.number = std::min(cores, most),
          .because = fmt::format("{} cores on node {}; driver {} supports at most {} channels",
                                 cores, node->id, nic.driver, most)};
}

Resolved resolve(const Facts& facts, const Nic& nic, const NicParameter& parameter,
                 std::string_view word) {
  if (word != kLocalCores) return resolve_max(facts, nic, parameter, word);
  // A driver without a maximum: never more than it has now.
  const std::int64_t most = parameter.maximum.value_or(parameter.value);
  return resolve_local_cores(facts.topology, nic, most);
}

// A type and not a template argument by reference: of families that are templates over a constant,
// g++ 14 emits weak symbols of one name, and the linker merged their functions.
struct NicChannels {
  static constexpr ShapeFamily kFamily{.knob = "nic_channels",
                                       .shape = NicShape::Channels,
                                       .in_entry = &NicEntry::channels,
                                       .resolve = resolve};
};

bool serves(const NicIrq& irq, std::string_view parameter) {
  switch (irq.role) {
    case NicIrq::Role::RxTx: return parameter == "combined";
    case NicIrq::Role::Rx: return parameter == "rx" || parameter == "combined";
    case NicIrq::Role::Tx: return parameter == "tx" || parameter == "combined";
    case NicIrq::Role::Other: break;
  }
  return false;
}

// Removes the interrupts of queues beyond the new count. Each new queue gets one interrupt of the
// role that queue 0 has, with number -1: not known yet.
void predict(Facts& facts, const Change& change) {
  const auto* count = std::get_if<std::int64_t>(&change.value);
  Nic* nic = facts.nics.find_mutable(change.subject.place);
  if (count == nullptr || nic == nullptr) return;
  const std::string parameter = parameter_of(change.subject);
  // The driver refuses larger numbers; the limit saves memory here.
  const int queues = static_cast<int>(std::clamp<std::int64_t>(*count, 0, CpuSet::kLimit));
  std::erase_if(nic->irqs,
                [&](const NicIrq& irq) { return irq.queue >= queues && serves(irq, parameter); });
  std::vector<NicIrq> more;
  for (const NicIrq& first : nic->irqs) {
    if (first.queue != 0 || !serves(first, parameter)) continue;
    const auto have = std::ranges::count_if(
        nic->irqs, [&](const NicIrq& irq) { return irq.role == first.role && irq.queue >= 0; });
    for (int queue = static_cast<int>(have); queue < queues; ++queue)
      more.push_back({.number = -1, .msi_index = -1, .role = first.role, .queue = queue});
  }
  nic->irqs.insert(nic->irqs.end(), more.begin(), more.end());
  if (parameter != "tx") nic->rx_queues = queues;
  if (parameter != "rx") nic->tx_queues = queues;
}

}  // namespace

Knob nic_channels_knob() {
  Knob knob = shape_knob<NicChannels>(
      {.name = "nic_channels",
       .phase = Phase::Shape,
       .doc = "The number of a NIC's queues. Most drivers take the link down to change it.",
       .in_profile = "nics[].channels",
       .reads = "ethtool netlink, CHANNELS_GET",
       .writes = "ethtool netlink, CHANNELS_SET, one message per NIC",
       .capability = "CAP_NET_ADMIN",
       .needs = FactNeed::Topology | FactNeed::Nics | FactNeed::NicShape,
       .disturbs = kDisturbs});
  knob.predict = predict;
  return knob;
}

}  // namespace tuner
