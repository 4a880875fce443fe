// Durations in the command line's notation.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace tuner {

// "90" and "90s", "2m", "1h": a whole number with an optional unit (default: seconds), from one
// second to one day. Invalid: everything else; the hint shows the accepted forms.
Result<std::chrono::seconds> parse_duration(std::string_view text);

// As it is typed, in the largest unit that needs no fraction: "90s", "1m", "3h".
std::string duration_word(std::chrono::seconds duration);

// "45 s", "2 min 5 s", "1 h". Zero is "0 s".
std::string duration_text(std::chrono::seconds duration);

}  // namespace tuner
