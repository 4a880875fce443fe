// Work that depends on no clock: how often memory was asked for, and how often bytes were compared,
// as strings are. A test that asks for it has its whole program counted.
#pragma once

#include <cstddef>

namespace tuner::testing {

// Since the program began.
std::size_t allocations();
std::size_t comparisons();

}  // namespace tuner::testing
