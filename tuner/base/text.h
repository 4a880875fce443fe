// Small text helpers over string_view. No locale, no exceptions, no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

std::string_view trim(std::string_view text);

// The fields between runs of whitespace, line ends included. No field is empty.
std::vector<std::string_view> split_whitespace(std::string_view text);

// The fields between single separators. Empty fields are kept.
std::vector<std::string_view> split(std::string_view text, char separator);

// The lines without their newlines. A final newline does not start another line.
std::vector<std::string_view> lines(std::string_view text);

// Parses the whole text as a decimal integer. nullopt: a '+', a blank, another character, overflow.
std::optional<std::int64_t> parse_integer(std::string_view text);

std::string join(std::span<const std::string> parts, std::string_view separator);

// Matches the whole text like a shell pattern with '*' and '?'.
bool glob_match(std::string_view pattern, std::string_view text);

// The candidate with the smallest edit distance to name, for "did you mean". nullopt: each one
// differs in more than a quarter of name's length (but one mistake is always allowed).
std::optional<std::string> nearest(std::string_view name,
                                   std::span<const std::string_view> candidates);

}  // namespace tuner
