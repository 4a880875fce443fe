// The sysctls of Linux by kernel version, so that a valid name that this kernel lacks is not
// reported as a typing error. Covers names only (net, vm, kernel, fs, …), not values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct KnownSysctl {
  std::string_view since;   // the first version, "6.5"; empty: older than Linux 5.10
  std::string_view until;   // the last version; empty: the newest kernel in the tables has it
  std::string_view module;  // the module that provides it; empty: the kernel itself
  bool only_newer = false;  // newer than Linux 5.10; the first version is not known
};

// nullopt: no kernel in the tables has it. The part that names an interface matches any name.
std::optional<KnownSysctl> known_sysctl(std::string_view canonical_name);

// A clause to follow the name: "exists in Linux 5.3 to 5.15", "belongs to module br_netfilter".
std::string to_text(const KnownSysctl& known);

}  // namespace tuner
