// The parts that facts have.
#pragma once

#include <string_view>

namespace tuner {

// Which parts of Facts a family needs; collecting less keeps `check` fast on large machines.
enum class FactNeed : unsigned {
  None = 0,
  Topology = 1U << 0,     // CPUs, nodes, siblings, isolation
  Nics = 1U << 1,         // interfaces, PCI parents, drivers, routes
  NicFeatures = 1U << 2,  // ethtool features
  Irqs = 1U << 3,         // the NICs' interrupts
  Cpufreq = 1U << 4,
  Neighbours = 1U << 5,  // who else tunes this machine, and what of the parts that are known
  NicShape = 1U << 6,    // channels, rings, coalescing
  Crypto = 1U << 7,      // by which code the kernel encrypts
  // Not asked for, but what an Unread can be a part of.
  Kernel = 1U << 8,    // the kernel's configuration, its TLS, tls_stat
  Claims = 1U << 9,    // what the neighbours and files set
  Session = 1U << 10,  // by which NIC the session of this process comes in
  All = ~0U,
};
constexpr FactNeed operator|(FactNeed a, FactNeed b) {
  return static_cast<FactNeed>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
std::string_view fact_part_name(FactNeed part);  // of one part: "topology", "nic_features", …
constexpr bool has(FactNeed set, FactNeed one) {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

}  // namespace tuner
