// Which sysctls Linux has, by kernel version: so that a name which this kernel lacks is not taken
// for a typing error. Names of net, vm, kernel and fs; which values they take is not told here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct KnownSysctl {
  std::string_view since;   // the first version, "6.5"; empty: older than Linux 5.10
  std::string_view until;   // the last version; empty: the newest one known here has it
  std::string_view module;  // what brings it; empty: the kernel itself
  bool only_newer = false;  // younger than Linux 5.10, and the first version is not known
};

// Nothing: no kernel known here has it. A part that is the name of an interface can be any.
std::optional<KnownSysctl> known_sysctl(std::string_view canonical_name);

// To go on after the name: "exists in Linux 5.3 to 5.15", "belongs to module br_netfilter".
std::string to_text(const KnownSysctl& known);

}  // namespace tuner
