// The corpus of names that others may give (tests/hostile-names.txt), and what no text that is
// shown may hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

// As bytes.
std::vector<std::string> hostile_names();

// The first thing in `text` that is not shown as it is, as an escape; empty: all of it is text.
// Line ends and tabs are.
std::string first_hidden(std::string_view text);

}  // namespace tuner::testing
