// Converts numbers from outside (a file, a document, a message) to a given integer type. A value
// that does not fit is Invalid; it is never truncated, wrapped or rounded.
#pragma once

#include "base/json_text.h"
#include "base/result.h"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace tuner {

template <typename T>
concept WholeNumber = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

// "'4294967296' is not a whole number from 0 to 255"
tl::unexpected<Error> no_whole_number(std::string_view shown, std::string_view least,
                                      std::string_view most);

template <WholeNumber T>
tl::unexpected<Error> no_whole_number(std::string_view shown, T least, T most) {
  return no_whole_number(shown, std::to_string(least), std::to_string(most));
}

// Parses the whole text: digits, with a leading '-' if T is signed. '+', blanks and prefixes are
// Invalid.
template <WholeNumber T>
Result<T> whole_number(std::string_view text, T least = std::numeric_limits<T>::min(),
                       T most = std::numeric_limits<T>::max(), int base = 10) {
  T number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number, base);
  if (error != std::errc{} || end != last || number < least || number > most)
    return no_whole_number(text, least, most);
  return number;
}

// Converts a signed or unsigned nlohmann integer; nlohmann's own get<int>() truncates. A float such
// as 1.0 and a boolean are Invalid.
template <WholeNumber T, typename Json>
requires requires(const Json& json) {
  json.is_number_unsigned();
}
Result<T> whole_number(const Json& json, T least = std::numeric_limits<T>::min(),
                       T most = std::numeric_limits<T>::max()) {
  const auto within = [&](auto number) {
    return !std::cmp_less(number, least) && !std::cmp_greater(number, most);
  };
  if (json.is_number_unsigned()) {
    const auto number = json.template get<std::uint64_t>();
    if (within(number)) return static_cast<T>(number);
  } else if (json.is_number_integer()) {
    const auto number = json.template get<std::int64_t>();
    if (within(number)) return static_cast<T>(number);
  }
  return no_whole_number(json_ascii(json), least, most);
}

}  // namespace tuner
