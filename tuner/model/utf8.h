// UTF-8 for messages: validation, width on a terminal, and safe display of untrusted text, which
// must not control the terminal.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace tuner {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: the text does not start with valid UTF-8
};

// The first code point. Overlong forms, surrogates and values above U+10FFFF are invalid.
CodePoint decode(std::string_view text);

// The byte offset of the first invalid UTF-8; npos: the text is valid.
std::size_t find_invalid_utf8(std::string_view text);

// The number of code points; an invalid byte counts as one.
std::size_t count_code_points(std::string_view text);

// Columns on a terminal: 0, 1, or 2 for East Asian wide characters and emoji.
int display_width(char32_t code_point);

// Whether the character must not reach a terminal: C0 and C1 controls, and characters that reorder
// text.
bool is_control(char32_t code_point);

// Whether the character is always escaped: controls, invisible characters (zero width, soft hyphen,
// tags, fillers: two different names would look the same), and noncharacters.
bool is_hidden(char32_t code_point);

// Appends the first character of a non-empty text. A hidden character or invalid UTF-8 is written
// as an escape: \x1b, \u202e, \U000e0041. Only this function writes these escapes. Returns the
// number of bytes read from `text`.
std::size_t append_escaped(std::string& shown, std::string_view text);

// 'text' in quotes for a message, escaped by append_escaped() and cut after 60 code points.
std::string in_quotes(std::string_view text);

// The text escaped by append_escaped(). `passes` gets the rest of the text and returns how many
// bytes of it are copied unescaped.
std::string escape_controls(std::string_view text,
                            const std::function<std::size_t(std::string_view)>& passes);
// The text escaped by append_escaped(), line ends included, so that it stays on one line.
std::string escaped_line(std::string_view text);

}  // namespace tuner
