// An option as a row, and how its word becomes a value of Options: once, where the command line is
// read. Help, completion and the error of an invalid word come from the same row.
#pragma once

#include "base/result.h"
#include "cli/request/options.h"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tuner {

// Read a word into a value. The error's text is the part behind "--name: ".
Outcome read_word(std::string_view word, std::string& text);  // not empty, and no option's name
Outcome read_word(std::string_view word, std::vector<std::string>& list);
Outcome read_word(std::string_view word, std::chrono::seconds& time);
Outcome read_word(std::string_view word, Splay& splay);
Outcome read_listen_address(std::string_view word, std::optional<HostPort>& place);
Outcome read_peer(std::string_view word, std::optional<HostPort>& place);
Outcome read_pid(std::string_view word, std::optional<int>& pid);
// From 1 to kMostProbeBytes.
inline constexpr std::uint64_t kMostProbeBytes = 64U << 20U;
Outcome read_probe_bytes(std::string_view word, std::optional<std::uint64_t>& bytes);

tl::unexpected<Error> not_among(std::string_view word, std::span<const std::string_view> words);

template <typename E>
requires std::is_enum_v<E> Outcome read_word(std::string_view word, E& value) {
  const auto found = from_word<E>(word);
  if (!found) return not_among(word, words_of<E>());
  value = *found;
  return {};
}

template <typename E>
requires std::is_enum_v<E> Outcome read_word(std::string_view word, std::vector<E>& list) {
  E value{};
  TRY(read_word(word, value));
  list.push_back(value);
  return {};
}

template <typename T>
Outcome read_word(std::string_view word, std::optional<T>& value) {
  T read{};
  TRY(read_word(word, read));
  value = std::move(read);
  return {};
}

// A value as its word; empty: there is none that a page could show as the default.
inline std::string shown_word(const auto& /*value*/) {
  return {};
}
std::string shown_word(std::chrono::seconds time);  // zero: empty
template <typename E>
requires std::is_enum_v<E> std::string shown_word(const E& value) {
  return std::string(word_of(value));
}

// Empty: absent.
template <typename E>
requires std::is_enum_v<E> std::string shown_word(const std::optional<E>& value) {
  return value ? shown_word(*value) : std::string();
}

template <typename E>
requires std::is_enum_v<E> std::string shown_word(const std::vector<E>& values) {
  std::string words;
  for (const E value : values) words += (words.empty() ? "" : ",") + std::string(word_of(value));
  return words;
}

// Where the value of an option is, and how a word becomes it. Made by into<>.
struct OptionValue {
  bool& (*flag)(Options& options) = nullptr;  // of a flag
  // Of an option with an argument.
  Outcome (*read)(std::string_view word, Options& options) = nullptr;
  std::string (*shown)(const Options& options) = nullptr;  // shown_word() of the value
  bool repeatable = false;
  std::span<const std::string_view> choices = {};  // all words that are allowed; empty: any
};

namespace detail {

template <auto Member>
using MemberType = std::remove_reference_t<decltype(std::declval<Options&>().*Member)>;

template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <typename T>
constexpr std::span<const std::string_view> choices_of() {
  if constexpr (std::is_enum_v<T>) return words_of<T>();
  // A list, or a value that may be absent; of a text the characters, which have no words.
  if constexpr (requires { typename T::value_type; }) return choices_of<typename T::value_type>();
  return {};
}

template <auto Member, typename Reader>
constexpr OptionValue option_value() {
  using T = MemberType<Member>;
  if constexpr (std::same_as<T, bool>) {
    return {.flag = [](Options& options) -> bool& { return options.*Member; }};
  } else {
    return {.read = [](std::string_view word,
                       Options& options) { return Reader()(word, options.*Member); },
            .shown = [](const Options& options) { return shown_word(options.*Member); },
            .repeatable = kIsVector<T>,
            .choices = choices_of<T>()};
  }
}

struct ReadByType {
  Outcome operator()(std::string_view word, auto& value) const { return read_word(word, value); }
};
template <auto Function>
struct ReadBy {
  Outcome operator()(std::string_view word, auto& value) const { return Function(word, value); }
};

}  // namespace detail

// into<&Options::timeout>(): the type of the member says how its word is read.
template <auto Member>
constexpr OptionValue into() {
  return detail::option_value<Member, detail::ReadByType>();
}
// into_by<&Options::listen, read_listen_address>(): this function reads it.
template <auto Member, auto Function>
constexpr OptionValue into_by() {
  return detail::option_value<Member, detail::ReadBy<Function>>();
}

struct OptionRow {
  std::string_view names;     // "--only" or "-p,--profile"
  std::string_view argument;  // "FAMILY"; empty: a flag
  std::string_view doc;
  OptionValue value;
};

std::string_view long_name(const OptionRow& row);  // "--profile"

// Reads the word of an option. Fault::Invalid: "--timeout: 'soon' is not a duration …".
Outcome read_option(const OptionRow& row, std::string_view word, Options& options);

std::vector<OptionRow> global_options();

}  // namespace tuner
