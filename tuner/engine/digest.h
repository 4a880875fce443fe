// SHA-256 of a text, for the journal's chain.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace tuner {

// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);
// Of all parts, one after the other.
std::string sha256(std::initializer_list<std::string_view> parts);

}  // namespace tuner
