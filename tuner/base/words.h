// The words of an enum: one table beside each enum that has words in documents, files or options.
// Text, JSON, schema and readers use this table, so they cannot differ.
//
//   enum class Need { Required, Preferred };
//   template <>
//   inline constexpr auto kWords<Need> =
//       std::to_array<Word<Need>>({{Need::Required, "required"}, {Need::Preferred, "preferred"}});
//
// A value without a row, or a row in another order than the enum, does not compile.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace tuner {

template <typename E>
struct Word {
  E value;
  std::string_view word;
};

// Specialized beside the enum.
template <typename E>
inline constexpr std::array<Word<E>, 0> kWords{};

namespace detail {

// Compilers print an enumerator by its name, and any other value as a cast: "(tuner::Need)2".
template <auto Value>
consteval bool is_enumerator() {
  return std::string_view(__PRETTY_FUNCTION__).find("= (") == std::string_view::npos;
}

template <typename E>
consteval bool has_each_value() {
  for (std::size_t i = 0; i < kWords<E>.size(); ++i) {
    if (static_cast<std::size_t>(kWords<E>[i].value) != i) return false;
  }
  return !is_enumerator<static_cast<E>(kWords<E>.size())>();
}

template <typename E>
consteval auto words_alone() {
  std::array<std::string_view, kWords<E>.size()> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = kWords<E>[i].word;
  return words;
}

template <typename E>
inline constexpr auto kWordsAlone = words_alone<E>();

}  // namespace detail

template <typename E>
constexpr std::string_view word_of(E value) {
  static_assert(detail::has_each_value<E>(), "each value of the enum needs its word, in order");
  return kWords<E>[static_cast<std::size_t>(value)].word;
}

// nullopt: no value has this word.
template <typename E>
constexpr std::optional<E> from_word(std::string_view word) {
  for (const Word<E>& row : kWords<E>) {
    if (row.word == word) return row.value;
  }
  return std::nullopt;
}

// All words, in the order of the enum.
template <typename E>
constexpr std::span<const std::string_view> words_of() {
  static_assert(detail::has_each_value<E>(), "each value of the enum needs its word, in order");
  return detail::kWordsAlone<E>;
}

}  // namespace tuner
