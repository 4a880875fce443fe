// How many queues a NIC has. Changing it takes most links down for a moment, renumbers interrupts,
// and leaves the driver's defaults in affinities and XPS, even when the old number comes back.
#include "knobs/nic_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::string_view kLocalCores = "local-cores";
constexpr std::array<std::string_view, 3> kDisturbs{"irq_affinity", "xps", "rps"};

// Physical cores of a node with a CPU that may be used.
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
    return {.because = fmt::format("{} tells no NUMA node (numa_node {}) and this machine has {}",
                                   nic.name, nic.numa_node, topology.nodes.size())};
  const std::int64_t cores = cores_of(topology, node->cpus);
  if (cores == 0)
    return {.because =
                fmt::format("node {} of {} has no CPU that may be used", node->id, nic.name)};
  return {.number = std::min(cores, most),
          .because = fmt::format("{} cores on node {}, and driver {} has at most {} channels",
                                 cores, node->id, nic.driver, most)};
}

Resolved resolve(const Facts& facts, const Nic& nic, const NicParameter& parameter,
                 std::string_view word) {
  if (word != kLocalCores) return resolve_max(facts, nic, parameter, word);
  const std::int64_t most = parameter.maximum.value_or(parameter.value);
  return resolve_local_cores(facts.topology, nic, most);
}

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

// Queues beyond the new count go, new ones get an interrupt each of the kind that queue 0 has; its
// number is not known yet.
void foresee(Facts& facts, const Change& change) {
  const auto* count = std::get_if<std::int64_t>(&change.value);
  Nic* nic = facts.nics.named_to_change(change.subject.place);
  if (count == nullptr || nic == nullptr) return;
  const std::string parameter = parameter_of(change.subject);
  // More than any kernel has would only cost memory here, and the driver refuses it.
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
       .doc = "How many queues a NIC has. Most drivers take the link down for it.",
       .in_profile = "nics[].channels",
       .reads = "ethtool netlink, CHANNELS_GET",
       .writes = "ethtool netlink, CHANNELS_SET, one message a NIC",
       .capability = "CAP_NET_ADMIN",
       .needs = FactNeed::Topology | FactNeed::Nics | FactNeed::NicShape,
       .disturbs = kDisturbs});
  knob.foresee = foresee;
  return knob;
}

}  // namespace tuner
