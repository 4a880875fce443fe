// SHA-256 of a text, for the journal's chain.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);

}  // namespace tuner
