#include "model/value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace tuner {
namespace {

std::optional<Integers> integers_of(const Value& value) {
  if (const auto* one = std::get_if<std::int64_t>(&value)) return Integers{*one};
  if (const auto* many = std::get_if<Integers>(&value)) return *many;
  return std::nullopt;
}

}  // namespace

bool meets(const Value& observed, const Goal& goal) {
  if (goal.op == Goal::Op::Exactly) return observed == goal.value;
  const auto have = integers_of(observed);
  const auto want = integers_of(goal.value);
  // Words and switches have no order. The profile's reader rejects at_least and at_most for them.
  if (!have || !want) return observed == goal.value;
  if (have->size() != want->size()) return false;
  if (goal.op == Goal::Op::AtLeast)
    return std::ranges::equal(*have, *want, std::ranges::greater_equal{});
  return std::ranges::equal(*have, *want, std::ranges::less_equal{});
}

Value target(const Value& observed, const Goal& goal) {
  // Of another type than expected, the observed value cannot be kept in part.
  if (goal.op == Goal::Op::Exactly || observed.index() != goal.value.index()) return goal.value;
  const auto have = integers_of(observed);
  auto want = integers_of(goal.value);
  if (!have || !want || have->size() != want->size()) return goal.value;
  for (std::size_t i = 0; i < want->size(); ++i) {
    auto& element = (*want)[i];
    // What is beyond the bound already stays as it is.
    element = goal.op == Goal::Op::AtLeast ? std::max(element, (*have)[i])
                                           : std::min(element, (*have)[i]);
  }
  if (std::holds_alternative<std::int64_t>(goal.value)) return want->front();
  return *want;
}

std::string_view op_name(Goal::Op op) {
  return word_of(op);
}

std::string to_text(const Value& value) {
  struct Printer {
    std::string operator()(Absent) const { return "(absent)"; }
    std::string operator()(bool on) const { return on ? "on" : "off"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(const Integers& numbers) const {
      return fmt::format("{}", fmt::join(numbers, " "));
    }
    std::string operator()(const std::string& text) const {
      const auto end = text.find('\n');
      return end == std::string::npos ? text : text.substr(0, end) + " …";
    }
    std::string operator()(const CpuSet& cpus) const {
      return cpus.empty() ? "(no CPU)" : cpus.to_list();
    }
  };
  return std::visit(Printer{}, value);
}

std::string to_text(const Goal& goal) {
  switch (goal.op) {
    case Goal::Op::Exactly: return to_text(goal.value);
    case Goal::Op::AtLeast: return ">= " + to_text(goal.value);
    case Goal::Op::AtMost: return "<= " + to_text(goal.value);
  }
  return to_text(goal.value);
}

}  // namespace tuner
