// The one way of text to a terminal. Nothing that came from the machine, an argument or a file
// writes on it: hidden characters (model/utf8.h) and bytes that are no UTF-8 are escaped. The other
// formats have their functions in model/text_sinks.h.
#pragma once

#include "model/utf8.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace tuner {

// "\x1b[2J" comes out as the six characters \x1b[2J. Line ends and tabs stay, and with `color` the
// six sequences of tinted() (cli/table.h), so that a name can do no more than colour itself.
std::string for_terminal(std::string_view text, bool color);

// A whole line of such text, with its end. What the machine says within it opens no line of its
// own.
template <typename... T>
std::string text_line(fmt::format_string<T...> format, T&&... words) {
  return on_one_line(fmt::format(format, std::forward<T>(words)...)) + "\n";
}

}  // namespace tuner
