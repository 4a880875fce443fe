// How much memory was asked for, by calls: a count of work that depends on no clock. A test that
// asks for it has its whole program counted.
#pragma once

#include <cstddef>

namespace tuner::testing {

std::size_t allocations();  // since the program began

}  // namespace tuner::testing
