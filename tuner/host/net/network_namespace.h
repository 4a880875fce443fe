// The network namespace of this process.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kInitialNamespace = "initial ";

// "net:[4026532201] cookie 4097"; before Linux 5.14 "net:[4026532201] device 4". The initial
// namespace has the prefix kInitialNamespace. The kernel may reuse an inode number for another
// namespace, but never a cookie.
Result<std::string> this_network_namespace();

// Whether a name from this_network_namespace() is the initial namespace, the only one that exists
// again after a reboot.
bool is_initial_namespace(std::string_view name);

}  // namespace tuner
