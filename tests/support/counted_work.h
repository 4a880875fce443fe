// Counts work independently of time: memory allocations and comparisons of bytes (as of strings). A
// test that links this has its whole program counted.
#pragma once

#include <cstddef>

namespace tuner::testing {

// Numbers since the start of the program.
std::size_t allocations();
std::size_t comparisons();

}  // namespace tuner::testing
