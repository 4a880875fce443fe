// Release numbers of kernels and libraries, and what a release of the kernel is worth: a vendor's
// kernel carries fixes and defects that its number does not tell. Pure.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct ReleaseNumber {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const ReleaseNumber&) const = default;
};

// The first version number in "OpenSSL 3.0.17 1 Jul 2025" or "6.1.0-32-amd64"; missing parts are 0.
std::optional<ReleaseNumber> parse_release(std::string_view text);
std::string to_text(ReleaseNumber release);  // "6.1.192"

// The upstream stable release that a kernel is built from, of the two texts of uname(2):
// `release` ("6.1.0-56-amd64") and `version` ("#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-…)").
// Debian names it in the version. nullopt: a vendor's kernel or a release candidate, for which
// upstream numbers say nothing.
std::optional<ReleaseNumber> upstream_kernel(std::string_view release, std::string_view version);

}  // namespace tuner
