#include "cli/render/documents.h"
#include "document/facts.h"
#include "document/nic.h"
#include "document/owners.h"
#include "model/kernel_crypto.h"

namespace tuner {
namespace {

using document::or_null;
using document::word;

document::Kernel kernel_document(const Facts& facts) {
  const KernelFacts& kernel = facts.kernel;
  return {.release = facts.host.kernel,
          .tls = {.state = word(kernel.tls.state), .because = kernel.tls.because},
          .available_ulp = kernel.available_ulp,
          .config_source = kernel.config_source,
          .config = {kernel.config.begin(), kernel.config.end()},
          .lockdown = kernel.lockdown};
}

document::Cipher cipher_document(const KernelCipher& cipher) {
  const bool none = cipher.kind == CipherClass::NotInstantiated;
  return {.algorithm = std::string(cipher.algorithm),
          .kind = word(cipher.kind),
          .driver = cipher.driver,
          .module = cipher.module,
          .priority = cipher.priority,
          .async = cipher.async,
          .because = cipher.because,
          .outlook = none ? std::optional(word(cipher.expected_kind)) : std::nullopt};
}

std::optional<document::Crypto> crypto_document(const std::optional<CryptoFacts>& crypto) {
  if (!crypto) return std::nullopt;
  document::Crypto all{.cpu = or_null(crypto->cpu),
                       .cpu_aes = crypto->cpu_aes,
                       .accelerators = crypto->accelerators,
                       .ciphers = {}};
  for (const KernelCipher& cipher : kernel_ciphers(*crypto))
    all.ciphers.push_back(cipher_document(cipher));
  return all;
}

document::Node node_document(const NumaNode& node) {
  document::Node all{
      .node = static_cast<unsigned>(node.id), .cpus = node.cpus.to_list(), .distances = {}};
  for (const auto& [other, distance] : node.distances) {
    if (!all.distances) all.distances.emplace();
    (*all.distances)[std::to_string(other)] = static_cast<unsigned>(distance);
  }
  return all;
}

document::Numa numa_document(const Topology& topology) {
  document::Numa numa{.nodes = {}, .problems = topology.problems};
  for (const NumaNode& node : topology.nodes) numa.nodes.push_back(node_document(node));
  return numa;
}

document::Policy policy_document(const CpufreqPolicy& policy) {
  return {.name = policy.name,
          .cpus = policy.cpus.to_list(),
          .driver = policy.driver,
          .governor = policy.governor,
          .available_governors = policy.available_governors,
          .energy_performance_preference = policy.epp,
          .available_energy_performance_preferences = policy.available_epp};
}

document::Cpus cpus_document(const Facts& facts) {
  const Topology& topology = facts.topology;
  document::Cpus cpus{.possible = topology.possible.to_list(),
                      .present = topology.present.to_list(),
                      .online = topology.online.to_list(),
                      .isolated = topology.isolated.to_list(),
                      .nohz_full = topology.nohz_full.to_list(),
                      .physical_cores = static_cast<unsigned>(topology.cores.size()),
                      .cpufreq = {}};
  for (const CpufreqPolicy& policy : facts.cpufreq) cpus.cpufreq.push_back(policy_document(policy));
  return cpus;
}

document::External external_document(const ExternalSetting& external) {
  return {.who = external.who,
          .where = external.where,
          .knob = or_null(external.knob),
          .setting = external.setting,
          .except = external.except,
          .nic = or_null(external.nic),
          .value = or_null(external.value)};
}

document::UnreadPart unread_document(const Unread& unread) {
  return {.part = std::string(fact_part_name(unread.part)),
          .nic = or_null(unread.nic),
          .code = word(unread.error.fault),
          .message = unread.error.text};
}

}  // namespace

document::Facts facts_document(const Facts& facts) {
  document::Facts all{.kernel = kernel_document(facts),
                      .crypto = crypto_document(facts.crypto),
                      .openssl = {},
                      .numa = numa_document(facts.topology),
                      .cpus = cpus_document(facts),
                      .nics = {},
                      .tls_stat = {},
                      .neighbours = {},
                      .external_settings = {},
                      .unread = {},
                      .programs = {},
                      .defects = {}};
  if (facts.tls_stat) all.tls_stat.emplace(facts.tls_stat->begin(), facts.tls_stat->end());
  for (const Nic& nic : facts.nics) all.nics.push_back(nic_document(nic, facts));
  for (const Neighbour& neighbour : facts.neighbours)
    all.neighbours.push_back(
        {.name = neighbour.name, .detail = neighbour.detail, .pid = neighbour.pid});
  for (const ExternalSetting& external : facts.external_settings)
    all.external_settings.push_back(external_document(external));
  for (const Unread& unread : facts.unread) all.unread.push_back(unread_document(unread));
  return all;
}

}  // namespace tuner
