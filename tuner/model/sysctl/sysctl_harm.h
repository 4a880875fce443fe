// Sysctl values that a profile should not or must not set, one row each, with the reason. The rows
// about security are in model/sysctl/sysctl_doors.h.
#pragma once

#include "model/value.h"

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace tuner {

struct SysctlHarm {
  // The profile reader warns of Harmful. The others are errors, and no option permits them.
  enum class Class {
    Harmful,       // a warning
    StopsNetwork,  // the network stops, so that no connection is left to repair it
    Loosens,       // less strict than the safe values; one number, bounded by low or high
    Refused,       // names a program, loads code or cannot be undone, with any value
  };
  // The numbers of a list that the row is about. Span: the last number minus the first.
  enum class Of { Each, First, Second, Third, Span };
  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

  std::string_view name;  // dotted; '*' stands for one part
  Class harm = Class::Harmful;
  Of of = Of::Each;
  std::int64_t low = kLowest;  // the bad values, both ends included
  std::int64_t high = kHighest;
  std::string_view word;     // the bad word, if the sysctl takes words
  std::string_view why;      // a clause to follow "NAME = VALUE: "
  std::string_view instead;  // a good value, or what to do
  std::string_view source;

  // Whether every value is bad.
  constexpr bool always() const { return low == kLowest && high == kHighest && word.empty(); }
};

// Sorted by name.
std::span<const SysctlHarm> sysctl_harms();

// The rows that apply to a goal: every value that meets the goal is bad. If only 1 is bad, "at
// least 1" is harmless, because larger values meet it too.
// A protection (Loosens) applies if meeting the goal may write a looser value. If higher is
// stricter, "at least 0" never lowers the current value, but "at most 1" may.
std::vector<const SysctlHarm*> harms_of(std::string_view name, const Goal& goal);

// Whether a profile may set it without allow_unlisted: net., vm., the catalogue
// (model/sysctl/sysctl_catalog.h), and the protections that a profile may make stricter.
bool is_listed(std::string_view canonical_name);

// Whether any row is about this name.
bool has_harm(std::string_view canonical_name);

// Whether hints must not suggest this name: every value is bad, or it is a switch with a bad
// position.
bool is_never_suggested(std::string_view name);

}  // namespace tuner
