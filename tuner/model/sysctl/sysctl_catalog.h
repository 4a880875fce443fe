// The catalogue of sysctls: those of TCP, sockets, files and scheduling that matter to a server
// that encrypts in the kernel, one row each. A sysctl without a row can be set without a check of
// its value: net. and vm. freely, others with allow_unlisted (model/sysctl/sysctl_harm.h).
#pragma once

#include "model/value.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace tuner {

struct SysctlRow {
  enum class Type { Number, Numbers, Word };
  // How the kernel rounds a written number. Most files do not round.
  enum class Rounding { None, PowerOfTwoUp };
  std::string_view name;  // dotted
  Type type = Type::Number;
  int count = 1;  // the number of integers; several must be in ascending order
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view doc;
  std::string_view source;  // the source of min and max
  Rounding rounding = Rounding::None;
  std::span<const std::string_view> words = {};  // Word only: the words of mainline, sorted
};

// Sorted by name.
std::span<const SysctlRow> sysctl_catalog();
const SysctlRow* find_sysctl(std::string_view canonical_name);

// The goal adjusted to the kernel's rounding. With rounding up to powers of two, 32769 becomes
// 65536, and at most 32769 becomes at most 32768.
Goal reachable(const SysctlRow& row, Goal goal);

}  // namespace tuner
