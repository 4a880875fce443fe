// Typed values and goals of settings. The family that reads the kernel's text converts it to a
// Value. Only values are compared, so "4096\t16384" and [4096, 16384] are equal.
#pragma once

#include "base/cpu_set.h"
#include "base/words.h"

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

// AtLeast and AtMost compare integers, and lists of the same length element by element. For other
// values they mean Exactly.
bool meets(const Value& observed, const Goal& goal);

// The value to write. For AtLeast the element-wise maximum of observed and goal, so that nothing is
// lowered; for AtMost the minimum; else the goal's value.
Value target(const Value& observed, const Goal& goal);

template <>
inline constexpr auto kWords<Goal::Op> =
    std::to_array<Word<Goal::Op>>({{Goal::Op::Exactly, "exactly"},
                                   {Goal::Op::AtLeast, "at_least"},
                                   {Goal::Op::AtMost, "at_most"}});
std::string_view op_name(Goal::Op op);    // "exactly", "at_least", "at_most"
std::string to_text(const Value& value);  // for people: "on", "4096 16384 16777216", "2-3",
                                          // "(absent)"; for text of several lines the first one
std::string to_text(const Goal& goal);    // ">= 16777216", "<= 3", "performance"

}  // namespace tuner
