// Spans of time as people write them on a command line.
#pragma once

#include "base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace tuner {

// "90" and "90s", "2m", "1h": a whole number, seconds unless the unit says so, from one second to
// one day. Invalid, with what would be taken as hint: everything else.
Result<std::chrono::seconds> parse_duration(std::string_view text);

// "45 s", "2 min 5 s", "1 h"
std::string duration_text(std::chrono::seconds duration);

}  // namespace tuner
