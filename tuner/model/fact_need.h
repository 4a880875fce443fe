// The parts of Facts.
#pragma once

#include <array>
#include <string_view>

namespace tuner {

// The parts of Facts that a family needs. Collecting only these keeps `check` fast on large
// machines.
enum class FactNeed : unsigned {
  None = 0,
  Topology = 1U << 0,     // CPUs, nodes, siblings, isolation
  Nics = 1U << 1,         // interfaces, PCI parents, drivers, routes
  NicFeatures = 1U << 2,  // ethtool features
  Irqs = 1U << 3,         // the NICs' interrupts
  Cpufreq = 1U << 4,
  Neighbours = 1U << 5,  // other programs that tune this machine, and the external settings
  NicShape = 1U << 6,    // channels, rings, coalescing
  Crypto = 1U << 7,      // the drivers by which the kernel encrypts
  Kernel = 1U << 8,      // the kernel's configuration, its TLS, tls_stat
  // No family asks for these two; they tell what an Unread belongs to.
  ExternalSettings = 1U << 9,  // what other programs set
  Session = 1U << 10,          // the NIC that carries the login session of this process
  // The kernel's own list of queues. Collected with Irqs, and a part of its own: without it the
  // names of interrupts tell their queues, so no subject is missed.
  NicQueues = 1U << 11,
  // Parts of Kernel, without its configuration. Their failed reads belong to Kernel.
  TlsModule = 1U << 12,
  TlsStat = 1U << 13,
  // Where NAPI polls, if that takes a file of its own. Its failed reads belong to NicQueues.
  NapiThreads = 1U << 14,
  All = ~0U,
};
constexpr FactNeed operator|(FactNeed a, FactNeed b) {
  return static_cast<FactNeed>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
// The names of the parts that an Unread can belong to, in the order of their bits.
inline constexpr auto kFactPartNames = std::to_array<std::string_view>(
    {"topology", "nics", "nic_features", "irqs", "cpufreq", "neighbours", "nic_shape", "crypto",
     "kernel", "claims", "session", "nic_queues"});
// The name of one part. Parts of Kernel have its name; "facts": not one part.
std::string_view fact_part_name(FactNeed part);
constexpr bool has(FactNeed set, FactNeed one) {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

}  // namespace tuner
