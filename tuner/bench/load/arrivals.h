// When the requests of an open-loop generator are due. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace tuner {

// The times of a Poisson process with this rate until `length`, in nanoseconds from its start and
// in order: sums of -ln(U) / rate with U of (0, 1]. The same for the same seed, on each machine. So
// a slow answer delays no later request. `per_second` is positive.
std::vector<std::int64_t> poisson_arrivals(std::uint64_t seed, double per_second,
                                           std::chrono::nanoseconds length);

// A seed for one of many sequences of a run. Others have nothing in common with it.
std::uint64_t seed_of(std::uint64_t run, std::uint64_t sequence);

}  // namespace tuner
