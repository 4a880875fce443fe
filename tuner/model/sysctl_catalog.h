// The sysctls this tool knows: those of TCP, sockets, files and scheduling that matter to a server
// that encrypts in the kernel. One row each. A sysctl without a row can be set too, unchecked: of
// net. and vm. at once, any other with allow_unlisted (model/sysctl_harm.h).
#pragma once

#include "model/value.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace tuner {

struct SysctlRow {
  enum class Type { Number, Numbers, Word };
  // What the kernel makes of a number: most files hold what was written.
  enum class Rounding { None, PowerOfTwoUp };
  std::string_view name;  // dotted
  Type type = Type::Number;
  int count = 1;  // of numbers; they must not descend when there are several
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view doc;
  std::string_view source;  // where min and max come from
  Rounding rounding = Rounding::None;
  std::span<const std::string_view> words = {};  // of mainline kernels; Word alone, sorted
};

// Sorted by name.
std::span<const SysctlRow> sysctl_catalog();
const SysctlRow* find_sysctl(std::string_view canonical_name);

// The goal that the kernel's rounding leaves reachable: 32769 and a rounding up to powers of two
// become 65536, and at most 32769 becomes at most 32768.
Goal reachable(const SysctlRow& row, Goal goal);

}  // namespace tuner
