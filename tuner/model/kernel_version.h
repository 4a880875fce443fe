// Comparison of kernel releases. Distributions backport features, so the tool uses a version only
// for explanations, never for decisions.
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

// "6.1.0-32-amd64" is 6.1. nullopt: the text does not start with two numbers.
std::optional<KernelVersion> kernel_version(std::string_view release);
std::string to_text(KernelVersion version);  // "6.1"

}  // namespace tuner
