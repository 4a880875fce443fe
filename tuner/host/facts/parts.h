// The parts of collect_facts(), a file each. Only host/ uses them.
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
// Absent until tls is loaded; names of newer kernels are taken as they come.
std::optional<std::map<std::string, std::uint64_t>> collect_tls_stat(const FileTree& files);

// Nothing: /proc/crypto cannot be read, or is not there.
std::optional<CryptoFacts> collect_crypto(const FileTree& files);

// Validates what it reads; see Topology::problems.
Topology collect_topology(const FileTree& files);
std::vector<CpufreqPolicy> collect_cpufreq(const FileTree& files);

// Every interface but lo, ordered by name. Features only if asked. What could not be read of which
// is added to `unread`.
std::vector<Nic> collect_nics(const Host& host, FactNeed needs, UnreadList& unread);
// Fills Nic::irqs. One read an interrupt.
void collect_irqs(const FileTree& files, std::vector<Nic>& nics);

std::vector<Neighbour> collect_neighbours(const FileTree& files);
// What the neighbours, and files that the system reads, set of the parts in `facts`.
std::vector<ExternalSetting> collect_external_settings(const FileTree& files, const Facts& facts);

}  // namespace tuner
