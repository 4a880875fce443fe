// The parts of collect_facts(), one file each. Used in host/ only.
#pragma once

#include "host/host.h"
#include "model/facts.h"

#include <map>
#include <optional>
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

// All interfaces except lo, sorted by name. Features and shapes as `needs` says. Adds failed reads,
// with the NIC, to `unread`.
std::vector<Nic> collect_nics(const Host& host, FactNeed needs, UnreadList& unread);
// Fills Nic::irqs. One read per interrupt.
void collect_irqs(const FileTree& files, std::vector<Nic>& nics);

std::vector<Neighbour> collect_neighbours(const FileTree& files);
// Settings made by the programs in Facts::neighbours and by configuration files of the system.
std::vector<ExternalSetting> collect_external_settings(const FileTree& files, const Facts& facts);

}  // namespace tuner
