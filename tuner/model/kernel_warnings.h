// Faults of the kernel's own TLS in the kernel's log: warnings, oopses, reports of sanitizers.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct KernelWarnings {
  std::vector<std::string> of_tls;  // the lines that name its TLS, without their time; at most 8
  bool any = false;                 // any fault, also of other parts
};

// `log`: as syslog(2) gives it, a line "<4>[   12.345678] text" each. Lines that a process wrote to
// /dev/kmsg do not count: the kernel marks them (devkmsg_emit in kernel/printk/printk.c).
KernelWarnings kernel_warnings(std::string_view log);

}  // namespace tuner
