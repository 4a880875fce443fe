// Kernel releases, compared. Distributions backport, so a version explains; it never decides.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct KernelVersion {
  int major = 0;
  int minor = 0;
  auto operator<=>(const KernelVersion&) const = default;
};

// "6.1.0-32-amd64" is 6.1; nothing for what does not begin so.
std::optional<KernelVersion> kernel_version(std::string_view release);
std::string to_text(KernelVersion version);  // "6.1"

}  // namespace tuner
