// The only path of text to a terminal. Text from the machine, an argument or a file cannot control
// the terminal: hidden characters (model/utf8.h) and bytes that are not UTF-8 are escaped. The
// functions for other formats are in model/text_sinks.h.
#pragma once

#include "model/utf8.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace tuner {

// An escape sequence becomes visible text: ESC is printed as the four characters \x1b. Line ends
// and tabs stay. With `color`, the sequences of tinted() (cli/output/table.h) also stay: a name can
// at most colour itself.
std::string for_terminal(std::string_view text, bool color);

// One line of text with its line end. A line end within the arguments is escaped.
template <typename... T>
std::string text_line(fmt::format_string<T...> format, T&&... words) {
  return escaped_line(fmt::format(format, std::forward<T>(words)...)) + "\n";
}

}  // namespace tuner
