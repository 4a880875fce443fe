// Values that a profile should not, or must not, ask of a sysctl: one row each, with the reason.
// The rows about protection stand in model/sysctl_doors.h.
#pragma once

#include "model/value.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace tuner {

struct SysctlHarm {
  // What the profile reader makes of it; all but the first are errors that nothing lifts.
  enum class Class {
    Harmful,       // a warning
    StopsNetwork,  // no connection would be left to mend it through
    Loosens,       // less strict than the safe value: one number, which low or high bounds
    Refused,       // names a program, loads code or cannot be undone, whatever the value
  };
  // Which of a list's numbers; Span is the last one less the first.
  enum class Of { Each, First, Second, Third, Span };
  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

  std::string_view name;  // dotted; '*' stands for one part
  Class harm = Class::Harmful;
  Of of = Of::Each;
  std::int64_t low = kLowest;  // the bad values, both ends included
  std::int64_t high = kHighest;
  std::string_view word;     // the bad one, of a sysctl that takes words
  std::string_view why;      // goes on after "NAME = VALUE: "
  std::string_view instead;  // a good value, or what to do
  std::string_view source;

  // Any value is a bad one.
  constexpr bool always() const { return low == kLowest && high == kHighest && word.empty(); }
};

// Sorted by name.
std::span<const SysctlHarm> sysctl_harms();

// The rows that a goal cannot be met without: all values that meet it are bad ones. "At least 1"
// is harmless where 1 is bad and more is not: it changes nothing for the worse. A protection is
// judged by what may be written instead: "at least 0" of one that more makes stricter writes
// nothing looser than what is there, "at most 1" of it may.
std::vector<const SysctlHarm*> harms_of(std::string_view name, const Goal& goal);

// Whether a profile may name it without allow_unlisted: net., vm., the catalogue of
// model/sysctl_catalog.h, and the protections that a profile may make stricter.
bool is_listed(std::string_view canonical_name);

// Whether a row here is about this name, whatever the value.
bool has_harm(std::string_view canonical_name);

// A setting that no hint may point to: it harms with any value, or is a switch with a harmful
// position.
bool is_never_suggested(std::string_view name);

}  // namespace tuner
