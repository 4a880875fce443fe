// The kernel's log (syslog(2)).
#pragma once

#include "base/result.h"

#include <string>

namespace tuner {

// What is still in the kernel's buffer, the newest 16 MiB at most. NotPermitted: it needs
// CAP_SYSLOG where kernel.dmesg_restrict is set, as Debian has it.
Result<std::string> kernel_log();

}  // namespace tuner
