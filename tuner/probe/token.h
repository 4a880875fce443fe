// The secret that both ends of a probe across the wire must know. It never stands on a command
// line, where every user of the machine can read it.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// The token in a text: its one line, without blanks around it. Invalid: empty, several lines,
// shorter than 16 characters, longer than 256, or with others than printable ASCII.
Result<std::string> parse_token(std::string_view text);

// 128 random bits in hexadecimal.
Result<std::string> make_token();

}  // namespace tuner
