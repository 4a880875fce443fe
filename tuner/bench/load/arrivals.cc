#include "bench/load/arrivals.h"

#include <cmath>
#include <random>

namespace tuner {

// The engine's numbers are fixed by the standard, those of std::exponential_distribution are not.
std::vector<std::int64_t> poisson_arrivals(std::uint64_t seed, double per_second,
                                           std::chrono::nanoseconds length) {
  std::mt19937_64 random(seed);
  std::vector<std::int64_t> due;
  const double mean_ns = 1e9 / per_second;
  const auto end = static_cast<double>(length.count());
  double at = 0;
  while (true) {
    // 53 bits are what a double holds. 0 is left out, as it has no logarithm.
    const double u = static_cast<double>((random() >> 11U) + 1) * 0x1p-53;
    at -= std::log(u) * mean_ns;
    if (at >= end) return due;
    due.push_back(static_cast<std::int64_t>(at));
  }
}

// The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
// 2014), of the sequence'th number of its generator.
std::uint64_t seed_of(std::uint64_t run, std::uint64_t sequence) {
  std::uint64_t z = run + (sequence + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace tuner
