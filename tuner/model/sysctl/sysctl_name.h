// Names of sysctls and their files. Pure; does not read /proc.
//
// Accepts both spellings of sysctl.d(5). If the first separator is a slash, slashes separate and
// dots are part of a name. If it is a dot, dots separate and a slash stands for a dot:
//   net.ipv4.conf.eth0/100.forwarding  =  net/ipv4/conf/eth0.100/forwarding
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// The dotted spelling. Fault::Invalid, with a hint: not the name of a file below /proc/sys, because
// of empty parts, "." or "..", an absolute path, control characters or patterns.
Result<std::string> canonical_sysctl_name(std::string_view name);

// The dotted spelling of a name from another program's file, without checks; it may be a pattern.
std::string dotted_sysctl_name(std::string_view name);

// "/proc/sys/net/core/rmem_max". Errors as canonical_sysctl_name(); the result is always below
// /proc/sys.
Result<std::string> sysctl_path(std::string_view name);

// Whether a canonical name matches a pattern. A part '*' stands for any one part:
// "net.ipv4.conf.*.rp_filter".
bool sysctl_name_matches(std::string_view pattern, std::string_view canonical_name);

}  // namespace tuner
