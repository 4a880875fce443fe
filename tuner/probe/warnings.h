// Warnings that an operator needs even if every cell passed. Pure.
#pragma once

#include "probe/report.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// "OpenSSL 3.0.17" of "OpenSSL 3.0.17 1 Jul 2025".
std::string short_version(std::string_view library_version);

// A KeyUpdate breaks a TLS 1.3 connection in the kernel: libssl before 3.2 with any kernel, later
// versions with a kernel that does not accept a second key (before 6.14, unless backported).
std::optional<std::string> key_update_warning(std::string_view library_version, bool kernel_rekeys);

// The defect moving-write-buffer of model/defects.h: in releases that have it, and in those of
// which it is not known.
std::optional<std::string> moving_buffer_warning(std::string_view library_version);

// Whether an end of this host sent in the kernel or the NIC, or may have.
bool sends_in_kernel(const ProbeReport& report);

// All warnings that apply to this report alone. `kernel_rekeys`: see counts_rekeys() in
// probe/tls_stat.h.
std::vector<std::string> probe_warnings(const ProbeReport& report, bool kernel_rekeys);

}  // namespace tuner
