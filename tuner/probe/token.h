// The secret that both ends of a probe across the wire must know. It never stands on a command
// line, where every user of the machine can read it. It is made here and not chosen: who listens in
// could try guesses at a chosen one.
//
//   ktls_  0123456789abcdef0123456789abcdef  3669
//          128 random bits                   check digits: CRC-16/CCITT of the 32 before them
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// What makes one, for hints.
inline constexpr std::string_view kMakeToken =
    "make one with: ktls-tuner probe --new-token FILE, and copy FILE to the other host";

// The token in a text: its one line, without blanks around it. Invalid: it is not of the format
// above; or its check digits do not fit, so it was mistyped; or its digits are too much alike to be
// random.
Result<std::string> parse_token(std::string_view text);

// From the kernel's generator.
Result<std::string> make_token();

}  // namespace tuner
