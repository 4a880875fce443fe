// The sysctls this tool knows: those of TCP, sockets and scheduling that matter to a server that
// encrypts in the kernel. One row each. A sysctl without a row can be set too, unchecked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tuner {

struct SysctlRow {
  enum class Type { Number, Numbers, Word };
  std::string_view name;  // dotted
  Type type = Type::Number;
  int count = 1;  // of numbers; they must not descend when there are several
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view doc;
  std::string_view source;  // where min and max come from
};

// Sorted by name.
std::span<const SysctlRow> sysctl_catalog();
const SysctlRow* find_sysctl(std::string_view canonical_name);

// A value that does harm, and why. Nothing stands for: whatever the value.
struct HarmfulSysctl {
  std::string_view name;
  std::optional<std::int64_t> value;
  std::string_view why;
};
std::span<const HarmfulSysctl> harmful_sysctls();

}  // namespace tuner
