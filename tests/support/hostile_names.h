// The corpus of hostile names (tests/hostile-names.txt), and a check for characters that shown text
// must not contain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

// The names as bytes, with escapes decoded.
std::vector<std::string> hostile_names();

// The first hidden character or invalid byte in `text`, as an escape; "" if there is none. Newlines
// and tabs are allowed.
std::string first_hidden(std::string_view text);

}  // namespace tuner::testing
