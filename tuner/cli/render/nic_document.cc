#include "cli/render/documents.h"
#include "document/nic.h"
#include "document/nic_queues.h"
#include "model/offload.h"

#include <array>

namespace tuner {
namespace {

document::Feature feature_document(const NicFeature& feature) {
  return {.supported = feature.supported,
          .requested = feature.requested,
          .active = feature.active,
          .fixed = feature.fixed};
}

// The reasons of one function, why_not_offloaded(), as in the table, the plan and the probe.
document::Direction direction_document(const Nic& nic, TlsDirection direction, const Facts& facts) {
  document::Direction all{feature_document(tls_feature_of(nic, direction)), {}};
  for (const OffloadReason& reason : why_not_offloaded(
           {.nic = nic.name, .direction = direction, .version = {}, .cipher = {}}, facts)) {
    all.because.push_back({.code = std::string(offload_code_name(reason.code)),
                           .nic = reason.nic,
                           .text = reason.text,
                           .next = reason.next});
  }
  return all;
}

document::Irq irq_document(const NicIrq& irq) {
  const auto number = [](int value) { return static_cast<unsigned>(value); };
  return {.irq = number(irq.number),
          .msi_index = number(irq.msi_index),
          .action = irq.action,
          .role = std::string(irq_role_name(irq.role)),
          .queue = irq.queue < 0 ? std::nullopt : std::optional(number(irq.queue)),
          .serves = std::string(irq_service_name(irq)),
          .known_by = std::string(word_of(irq.known_by))};
}

std::optional<unsigned> unsigned_or_none(std::optional<int> number) {
  return number ? std::optional(static_cast<unsigned>(*number)) : std::nullopt;
}

std::optional<std::string> threads_word(std::optional<NapiThreads> threads) {
  return threads ? std::optional(std::string(word_of(*threads))) : std::nullopt;
}

std::optional<document::KernelQueues> kernel_queues_document(
    const std::optional<KernelQueues>& queues) {
  if (!queues) return std::nullopt;
  document::KernelQueues all;
  for (const KernelQueue& queue : queues->queues) {
    all.queues.push_back({.direction = std::string(word_of(queue.direction)),
                          .number = static_cast<unsigned>(queue.number),
                          .napi = queue.napi,
                          .consumer = std::string(word_of(queue.consumer))});
  }
  for (const NapiInstance& napi : queues->napis) {
    all.napis.push_back({.id = napi.id,
                         .irq = unsigned_or_none(napi.irq),
                         .thread = unsigned_or_none(napi.thread),
                         .threads = threads_word(napi.threads)});
  }
  return all;
}

document::Parameters parameters_document(const NicParameters& parameters) {
  document::Parameters all;
  for (const auto& [name, parameter] : parameters)
    all[name] = {.value = parameter.value, .maximum = parameter.maximum};
  return all;
}

std::optional<document::Bond> bond_document(const Nic& nic) {
  if (nic.kind != "bond") return std::nullopt;
  return document::Bond{.mode = nic.bond_mode, .xmit_hash_policy = nic.bond_hash_policy};
}

}  // namespace

document::Nic nic_document(const Nic& nic, const Facts& facts) {
  document::Nic all{.name = nic.name,
                    .ifindex = static_cast<unsigned>(nic.ifindex),
                    .kind = nic.kind,
                    .driver = nic.driver,
                    .bus_address = nic.bus_address,
                    .pci_ids = nic.pci_ids,
                    .virtual_function = nic.virtual_function,
                    .switchdev = nic.switchdev,
                    .permanent_address = nic.permanent_address,
                    .operstate = nic.operstate,
                    .numa_node = nic.numa_node,
                    .numa_node_source = nic.numa_node_source,
                    .lowers = nic.lowers,
                    .bond = bond_document(nic),
                    .carries_default_route = nic.carries_default_route,
                    .carries_session = nic.carries_login_session,
                    .session_evidence = nic.session_evidence,
                    .carrier_changes = {},
                    .rx_queues = static_cast<unsigned>(nic.rx_queues),
                    .tx_queues = static_cast<unsigned>(nic.tx_queues),
                    .channels = parameters_document(nic.channels),
                    .rings = parameters_document(nic.rings),
                    .coalesce = parameters_document(nic.coalesce),
                    .irqs = {},
                    .kernel_queues = kernel_queues_document(nic.kernel_queues),
                    .irq_doubts = nic.irq_doubts,
                    .napi_threads = threads_word(nic.threads),
                    .features = {},
                    .features_unreadable = nic.features_unreadable,
                    .tls_offload = {.tx = direction_document(nic, TlsDirection::Tx, facts),
                                    .rx = direction_document(nic, TlsDirection::Rx, facts)}};
  if (nic.carrier_changes >= 0) all.carrier_changes = nic.carrier_changes;
  for (const NicIrq& irq : nic.irqs) all.irqs.push_back(irq_document(irq));
  for (const auto& [name, feature] : nic.features) all.features[name] = feature_document(feature);
  return all;
}

}  // namespace tuner
