// What a setting is or should be, typed. Kernel text becomes a Value in the family that reads it;
// from there on only values are compared, so "4096\t16384" and [4096, 16384] never differ by a tab.
#pragma once

#include "base/cpu_set.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tuner {

struct Absent {  // a module that is not loaded, a name that has no value
  bool operator==(const Absent&) const = default;
};
using Integers = std::vector<std::int64_t>;
using Value = std::variant<Absent, bool, std::int64_t, Integers, std::string, CpuSet>;

struct Goal {
  enum class Op { Exactly, AtLeast, AtMost };
  Op op = Op::Exactly;
  Value value;
  bool operator==(const Goal&) const = default;
};

// AtLeast and AtMost hold for integers and, element by element, for integers of the same count; for
// anything else they mean Exactly.
bool meets(const Value& observed, const Goal& goal);

// What to write so that the goal is met and nothing better is lost: for AtLeast the element-wise
// maximum of observed and goal, for AtMost the minimum, else the goal's own value.
Value target(const Value& observed, const Goal& goal);

std::string_view op_name(Goal::Op op);    // "exactly", "at_least", "at_most"
std::string to_text(const Value& value);  // for people: "on", "4096 16384 16777216", "2-3",
                                          // "(absent)"; of a whole file its first line
std::string to_text(const Goal& goal);    // ">= 16777216", "<= 3", "performance"

}  // namespace tuner
