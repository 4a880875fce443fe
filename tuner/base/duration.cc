#include "base/duration.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace tuner {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
  std::string_view name;
};

constexpr std::array kUnits{Unit{'h', 3600, "h"}, Unit{'m', 60, "min"}, Unit{'s', 1, "s"}};
constexpr std::int64_t kLongest = 86'400;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  const auto invalid = [&] {
    return fail(Fault::Invalid, fmt::format("'{}' is not a duration from 1 s to 1 day", text),
                "write it as 90s, 2m or 1h");
  };
  std::int64_t unit = 1;
  std::string_view digits = text;
  if (!text.empty() && !is_digit(text.back())) {
    const auto* found = std::ranges::find(kUnits, text.back(), &Unit::letter);
    if (found == kUnits.end()) return invalid();
    unit = found->seconds;
    digits.remove_suffix(1);
  }
  // parse_integer() accepts "-5", hence all_of(). The limit is divided instead of the number
  // multiplied, so that no input overflows.
  const auto number = parse_integer(digits);
  if (!number || !std::ranges::all_of(digits, is_digit) || *number < 1 || *number > kLongest / unit)
    return invalid();
  return std::chrono::seconds(*number * unit);
}

std::string duration_word(std::chrono::seconds duration) {
  const std::int64_t count = duration.count();
  const auto* const found = std::ranges::find_if(
      kUnits, [&](const Unit& each) { return count != 0 && count % each.seconds == 0; });
  const Unit& unit = found == kUnits.end() ? kUnits.back() : *found;
  return fmt::format("{}{}", count / unit.seconds, unit.letter);
}

std::string duration_text(std::chrono::seconds duration) {
  std::string text;
  std::int64_t left = duration.count();
  for (const Unit& unit : kUnits) {
    const std::int64_t count = left / unit.seconds;
    left %= unit.seconds;
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", count, unit.name);
  }
  return text.empty() ? "0 s" : text;
}

}  // namespace tuner
