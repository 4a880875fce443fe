#include "model/kernel_version.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

std::string_view leading_digits(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

}  // namespace

// "6.1.0-13-amd64", "5.14.0-427.el9.x86_64". Distributions backport features, so a version explains
// and never decides.
std::optional<KernelVersion> kernel_version(std::string_view release) {
  const std::string_view major = leading_digits(release);
  const std::string_view rest = release.substr(major.size());
  if (!rest.starts_with('.')) return std::nullopt;
  const auto first = parse_integer(major);
  const auto second = parse_integer(leading_digits(rest.substr(1)));
  if (!first || !second || *first > 999 || *second > 9999) return std::nullopt;
  return KernelVersion{static_cast<int>(*first), static_cast<int>(*second)};
}

std::string to_text(KernelVersion version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

}  // namespace tuner
