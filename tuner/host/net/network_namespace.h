// Which network namespace this process is in.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kInitialNamespace = "initial ";

// "net:[4026532201] cookie 4097", or "net:[4026532201] device 4" on a kernel before 5.14; of the
// namespace that the kernel started with "initial net:[…] …". An inode alone may be used again for
// another namespace after this one is gone; a cookie never is.
Result<std::string> this_network_namespace();

// Of a name from above: the only one that is there again after a reboot.
bool is_initial_namespace(std::string_view name);

}  // namespace tuner
