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

// Fields between runs of blanks and tabs; none is empty.
std::vector<std::string_view> split_blank(std::string_view text);

// Fields between single separators; empty ones are kept.
std::vector<std::string_view> split(std::string_view text, char separator);

// Lines without their newline; a final newline makes no empty last line.
std::vector<std::string_view> lines(std::string_view text);

// A whole decimal integer, or nothing: no sign but '-', no blanks, no overflow, no leading '+'.
std::optional<std::int64_t> parse_integer(std::string_view text);

std::string join(std::span<const std::string> parts, std::string_view separator);

// Shell-style match with '*' and '?'.
bool glob_match(std::string_view pattern, std::string_view text);

// The candidate closest to name by edit distance, if close enough to be meant ("did you mean").
std::optional<std::string> nearest(std::string_view name,
                                   std::span<const std::string_view> candidates);

}  // namespace tuner
