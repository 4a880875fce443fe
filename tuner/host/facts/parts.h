// The parts of collect_facts(), one file each. Used in host/ only.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

KernelFacts collect_kernel(const FileTree& files, std::string_view release);
// nullopt until tls is loaded. Keeps all counter names, also those of newer kernels.
std::optional<std::map<std::string, std::uint64_t>> collect_tls_stat(const FileTree& files);

// nullopt: /proc/crypto is missing or cannot be read.
std::optional<CryptoFacts> collect_crypto(const FileTree& files);

// Validates the topology; see Topology::problems.
Topology collect_topology(const FileTree& files);
std::vector<CpufreqPolicy> collect_cpufreq(const FileTree& files);

// All interfaces except lo, sorted by name. Features and shapes as `needs` says; `only`: as of
// collect_facts(). Adds failed reads, with the NIC, to `unread`.
std::vector<Nic> collect_nics(const Host& host, FactNeed needs, UnreadList& unread,
                              std::span<const std::string> only = {});
// As collect_nics_alone(), without interrupts.
std::vector<Nic> read_nics_alone(const Host& host, std::span<const std::string> names,
                                 UnreadList& unread);
// The names of the NICs with these keys, and of all that are connected with them by links to lower
// devices. nullopt: no keys, so all are in scope.
std::optional<std::set<std::string>> in_scope(const std::vector<Nic>& nics,
                                              std::span<const std::string> keys);
// What is not looked at is not absent: this in `unread` keeps each conclusion from it unknown.
Unread not_looked_at(FactNeed part, const Nic& nic);
// Fills Nic::kernel_queues of the same NICs as collect_irqs(), which must come later; with
// `threads` also Nic::threads, where the list does not tell. Adds failed reads, with the NIC, to
// `unread`.
void collect_kernel_queues(const Host& host, std::vector<Nic>& nics,
                           const std::optional<std::set<std::string>>& scope, bool threads,
                           UnreadList& unread);
// Fills Nic::irqs, of the PCI functions of the NICs with these names; nullopt: of all. One read per
// interrupt.
void collect_irqs(const FileTree& files, std::vector<Nic>& nics,
                  const std::optional<std::set<std::string>>& scope, UnreadList& unread);

std::vector<Neighbour> collect_neighbours(const FileTree& files);
// Settings made by the programs in Facts::neighbours and by configuration files of the system.
std::vector<ExternalSetting> collect_external_settings(const FileTree& files, const Facts& facts);

}  // namespace tuner
