// Defaults of sysctls that old tuning recipes set to less, or to the same. Pure.
#pragma once

#include "model/value.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

struct SysctlDefault {
  enum class Kind {
    Limit,   // more is allowed to programs: a smaller value lowers it
    Choice,  // neither more nor less is better
  };
  std::string_view name;
  Kind kind = Kind::Choice;
  std::span<const std::int64_t> value;  // of a host with 4 GiB of memory or more
  std::string_view since;  // the kernel that has had it since, "5.4"; empty: before 5.0
  std::string_view source;
  std::span<const std::int64_t> newer = {};  // of kernels since mid-2025; empty: as `value`
};

// Sorted by name.
std::span<const SysctlDefault> sysctl_defaults();

// What a tuning should know: that it sets what is there anyway, or that it lowers a limit. A clause
// to follow "NAME = VALUE: ". nullopt: neither, or the sysctl has no row.
std::optional<std::string> note_on_default(std::string_view canonical_name, const Goal& goal);

}  // namespace tuner
