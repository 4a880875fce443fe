// Names of sysctls, and the file each one is. Pure; nothing here looks at /proc.
//
// Both spellings of sysctl.d(5) are read: if the first separator is a slash, slashes separate and
// dots are part of a name; if it is a dot, dots separate and a slash stands for a dot:
//   net.ipv4.conf.eth0/100.forwarding  =  net/ipv4/conf/eth0.100/forwarding
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// The dotted spelling. Fault::Invalid, with a hint, for anything that is not the name of a file
// below /proc/sys: empty parts, "." and "..", absolute paths, control characters, patterns.
Result<std::string> canonical_sysctl_name(std::string_view name);

// The same of what other programs' files have, patterns among it. Nothing is checked.
std::string dotted_sysctl_name(std::string_view name);

// "/proc/sys/net/core/rmem_max". Same faults; the result never leads out of /proc/sys.
Result<std::string> sysctl_path(std::string_view name);

// A canonical name, and a pattern of which a part '*' stands for any one part:
// "net.ipv4.conf.*.rp_filter".
bool sysctl_name_matches(std::string_view pattern, std::string_view canonical_name);

}  // namespace tuner
