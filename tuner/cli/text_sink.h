// The one way of text to a terminal. Nothing that came from the machine, an argument or a file
// writes on it: controls, characters that reorder text, and bytes that are no UTF-8 are escaped.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// "\x1b[2J" comes out as the six characters \x1b[2J. Line ends and tabs stay, and with `color` the
// six sequences of tinted() (cli/table.h), so that a name can do no more than colour itself.
std::string for_terminal(std::string_view text, bool color);

}  // namespace tuner
