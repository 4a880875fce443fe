// The `facts` document; scripts/capture-host and the Ansible facts read it.
#include "cli/render/json.h"
#include "cli/render/offload_facts.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::ordered_json;

ordered_json kernel_json(const Facts& facts) {
  const KernelFacts& kernel = facts.kernel;
  return {
      {"release", facts.host.kernel},
      {"tls", {{"state", module_state_name(kernel.tls.state)}, {"because", kernel.tls.because}}},
      {"available_ulp", kernel.available_ulp},
      {"config_source", kernel.config_source},
      {"config", kernel.config},
      {"lockdown", kernel.lockdown}};
}

ordered_json crypto_json(const std::optional<CryptoFacts>& crypto) {
  if (!crypto) return nullptr;
  ordered_json ciphers = ordered_json::array();
  for (const KernelCipher& cipher : kernel_ciphers(*crypto)) {
    ciphers.push_back({{"algorithm", cipher.algorithm},
                       {"class", cipher_class_name(cipher.kind)},
                       {"driver", cipher.driver},
                       {"module", cipher.module},
                       {"priority", cipher.priority},
                       {"async", cipher.async},
                       {"because", cipher.because}});
    if (cipher.kind == CipherClass::NotInstantiated)
      ciphers.back()["outlook"] = cipher_class_name(cipher.expected_kind);
  }
  return {{"cpu", crypto->cpu.empty() ? ordered_json(nullptr) : ordered_json(crypto->cpu)},
          {"cpu_aes", crypto->cpu_aes ? ordered_json(*crypto->cpu_aes) : ordered_json(nullptr)},
          {"accelerators", crypto->accelerators},
          {"ciphers", std::move(ciphers)}};
}

ordered_json numa_json(const Topology& topology) {
  ordered_json nodes = ordered_json::array();
  for (const NumaNode& node : topology.nodes) {
    nodes.push_back({{"node", node.id}, {"cpus", node.cpus.to_list()}});
    for (const auto& [other, distance] : node.distances)
      nodes.back()["distances"][std::to_string(other)] = distance;
  }
  return {{"nodes", std::move(nodes)}, {"problems", topology.problems}};
}

ordered_json cpus_json(const Facts& facts) {
  ordered_json policies = ordered_json::array();
  for (const CpufreqPolicy& policy : facts.cpufreq) {
    policies.push_back({{"name", policy.name},
                        {"cpus", policy.cpus.to_list()},
                        {"driver", policy.driver},
                        {"governor", policy.governor},
                        {"available_governors", policy.available_governors},
                        {"energy_performance_preference", policy.epp},
                        {"available_energy_performance_preferences", policy.available_epp}});
  }
  const Topology& topology = facts.topology;
  return {{"possible", topology.possible.to_list()},
          {"present", topology.present.to_list()},
          {"online", topology.online.to_list()},
          {"isolated", topology.isolated.to_list()},
          {"nohz_full", topology.nohz_full.to_list()},
          {"physical_cores", topology.cores.size()},
          {"cpufreq", std::move(policies)}};
}

ordered_json irqs_json(const Nic& nic) {
  ordered_json irqs = ordered_json::array();
  for (const NicIrq& irq : nic.irqs) {
    irqs.push_back({{"irq", irq.number},
                    {"msi_index", irq.msi_index},
                    {"action", irq.action},
                    {"role", irq_role_name(irq.role)},
                    {"queue", irq.queue < 0 ? ordered_json(nullptr) : ordered_json(irq.queue)},
                    {"serves", irq_service_name(irq)}});
  }
  return irqs;
}

ordered_json features_json(const Nic& nic) {
  ordered_json features = ordered_json::object();
  for (const auto& [name, feature] : nic.features) {
    features[name] = {{"supported", feature.supported},
                      {"requested", feature.requested},
                      {"active", feature.active},
                      {"fixed", feature.fixed}};
  }
  return features;
}

ordered_json bond_json(const Nic& nic) {
  if (nic.kind != "bond") return nullptr;
  return {{"mode", nic.bond_mode}, {"xmit_hash_policy", nic.bond_hash_policy}};
}

ordered_json parameters_json(const NicParameters& parameters) {
  ordered_json all = ordered_json::object();
  for (const auto& [name, parameter] : parameters) {
    all[name] = {
        {"value", parameter.value},
        {"maximum", parameter.maximum ? ordered_json(*parameter.maximum) : ordered_json(nullptr)}};
  }
  return all;
}

ordered_json nic_json(const Nic& nic, const Facts& facts) {
  return {{"name", nic.name},
          {"ifindex", nic.ifindex},
          {"kind", nic.kind},
          {"driver", nic.driver},
          {"bus_address", nic.bus_address},
          {"pci_ids", nic.pci_ids},
          {"virtual_function", nic.virtual_function},
          {"switchdev", nic.switchdev},
          {"permanent_address", nic.permanent_address},
          {"operstate", nic.operstate},
          {"numa_node", nic.numa_node},
          {"numa_node_source", nic.numa_node_source},
          {"lowers", nic.lowers},
          {"bond", bond_json(nic)},
          {"carries_default_route", nic.carries_default_route},
          {"carries_session", nic.carries_login_session},
          {"session_evidence", nic.session_evidence},
          {"carrier_changes",
           nic.carrier_changes < 0 ? ordered_json(nullptr) : ordered_json(nic.carrier_changes)},
          {"rx_queues", nic.rx_queues},
          {"tx_queues", nic.tx_queues},
          {"channels", parameters_json(nic.channels)},
          {"rings", parameters_json(nic.rings)},
          {"coalesce", parameters_json(nic.coalesce)},
          {"irqs", irqs_json(nic)},
          {"features", features_json(nic)},
          {"features_unreadable", nic.features_unreadable},
          {"tls_offload", offload_json(nic, facts)}};
}

ordered_json external_json(const ExternalSetting& external) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
  };
  return {{"who", external.who},
          {"where", external.where},
          {"knob", or_null(external.knob)},
          {"setting", external.setting},
          {"except", external.except},
          {"nic", or_null(external.nic)},
          {"value", or_null(external.value)}};
}

ordered_json unread_json(const Unread& unread) {
  return {{"part", fact_part_name(unread.part)},
          {"nic", unread.nic.empty() ? ordered_json(nullptr) : ordered_json(unread.nic)},
          {"code", fault_name(unread.error.fault)},
          {"message", unread.error.text}};
}

}  // namespace

// "openssl" is filled in by the verb: facts are of the machine, which may be a recorded one.
// "claims" is the documents' key of external settings.
ordered_json facts_json(const Facts& facts) {
  ordered_json nics = ordered_json::array();
  for (const Nic& nic : facts.nics) nics.push_back(nic_json(nic, facts));
  ordered_json neighbours = ordered_json::array();
  for (const Neighbour& neighbour : facts.neighbours) {
    neighbours.push_back(
        {{"name", neighbour.name}, {"detail", neighbour.detail}, {"pid", neighbour.pid}});
  }
  ordered_json external_settings = ordered_json::array();
  for (const ExternalSetting& external : facts.external_settings)
    external_settings.push_back(external_json(external));
  ordered_json unread = ordered_json::array();
  for (const Unread& one : facts.unread) unread.push_back(unread_json(one));
  return {{"kernel", kernel_json(facts)},
          {"crypto", crypto_json(facts.crypto)},
          {"openssl", nullptr},
          {"numa", numa_json(facts.topology)},
          {"cpus", cpus_json(facts)},
          {"nics", std::move(nics)},
          {"tls_stat", facts.tls_stat ? ordered_json(*facts.tls_stat) : ordered_json(nullptr)},
          {"neighbours", std::move(neighbours)},
          {"claims", std::move(external_settings)},
          {"unread", std::move(unread)}};
}

}  // namespace tuner
