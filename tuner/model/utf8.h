// UTF-8 for messages about text: where it is broken, how wide it is on a terminal, and how to show
// what somebody else wrote without letting it write on the terminal.
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

// The first code point; overlong forms, surrogates and values above U+10FFFF are not valid.
CodePoint decode(std::string_view text);

// Byte offset of the first thing that is not UTF-8; npos: all of it is.
std::size_t find_invalid_utf8(std::string_view text);

// How many code points; a broken byte counts as one.
std::size_t count_code_points(std::string_view text);

// Columns on a terminal: 0, 1, or 2 for East Asian wide characters and emoji.
int display_width(char32_t code_point);

// True for what must not reach a terminal: C0 and C1 controls, and characters that reorder text.
bool is_control(char32_t code_point);

// True for what is never shown as it is: controls, what reorders its neighbours, what leaves no
// mark (zero width, soft hyphen, tags, fillers: two names would look the same), and noncharacters.
bool is_hidden(char32_t code_point);

// Adds the first character of a text that is not empty, or what stands for it if it is hidden or no
// UTF-8: \x1b, \u202e, \U000e0041. The only writer of these escapes. Returns its bytes in `text`.
std::size_t append_shown(std::string& shown, std::string_view text);

// 'text' in quotes for a message: as append_shown() writes it, cut after 60 code points.
std::string in_quotes(std::string_view text);

// 'text' as append_shown() writes it. How many bytes `passes` answers of the rest of the text pass
// as they are.
std::string escape_controls(std::string_view text,
                            const std::function<std::size_t(std::string_view)>& passes);
// Nothing passes, not even a line end: for what must not look like a line of its own.
std::string on_one_line(std::string_view text);

}  // namespace tuner
