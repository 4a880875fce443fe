// The secret shared by both ends of a probe across the wire. It is never passed on a command line,
// which every user of the machine can read. It is generated, not chosen: with a chosen token an
// eavesdropper could test guesses against the recorded proofs.
//
//   ktls_  0123456789abcdef0123456789abcdef  3669
//          128 random bits                   check digits: CRC-16/CCITT of the 32 digits
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// The command that makes a token, for hints.
inline constexpr std::string_view kMakeToken =
    "make one with: ktls-tuner probe --new-token FILE, and copy FILE to the other host";

// The token in a text of one line, without surrounding blanks. Fault::Invalid: the format is wrong,
// the check digits do not match (a typing error), or too few digits differ for a random number.
Result<std::string> parse_token(std::string_view text);

// A new token from getrandom(2).
Result<std::string> make_token();

}  // namespace tuner
