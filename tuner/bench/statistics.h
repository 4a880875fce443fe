// Statistics of paired measurements. Pure, and the same for the same numbers: nothing is drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tuner {

// Of an even number of values, the mean of the two in the middle. The list is not empty.
double median(std::vector<double> values);

// How many times `value` is `base`, with the interval that contains the true ratio in 95 of 100
// runs.
struct PairedRatio {
  double ratio = 1;
  double low = 1, high = 1;
  std::size_t pairs = 0;
};

// Fewer pairs have no such interval: even six that all agree happen by chance in 3 % of cases.
inline constexpr std::size_t kFewestPairs = 6;

// Of pairs measured one after the other: the median of the averages of any two log ratios
// (Hodges-Lehmann), and the interval of Wilcoxon's signed-rank test, which is exact for few pairs
// and assumes no distribution but a symmetric one. nullopt: fewer than kFewestPairs, lists of
// different length, or a value that is not positive.
std::optional<PairedRatio> paired_ratio(std::span<const double> values,
                                        std::span<const double> bases);

// Of two runs, value by value of the rounds of each: how many times the values are the bases. The
// median of the ratios of any two (Hodges-Lehmann), and the interval of the rank-sum test
// (Mann-Whitney). Rounds of two runs are no pairs, so the interval is wider than that of
// paired_ratio(), and a change of the machine between the runs is in the ratio. `pairs` is the
// number of rounds of the shorter run. nullopt: a run has fewer than kFewestPairs rounds, or a
// value is not positive.
std::optional<PairedRatio> unpaired_ratio(std::span<const double> values,
                                          std::span<const double> bases);

// The interval of the centre of values that were measured one by one: that of paired_ratio() with
// bases of 1. nullopt: as there.
std::optional<PairedRatio> centre_of(std::span<const double> values);

// A smaller difference is none, even if it is measured beyond doubt: it decides nothing.
inline constexpr double kSmallestDifference = 0.01;

enum class Difference { Unknown, None, Higher, Lower };
// Higher or Lower only if the whole interval is beyond kSmallestDifference; Unknown: no interval.
Difference difference_of(const std::optional<PairedRatio>& ratio);

// Jain's index of fairness, (sum of x)² / (n · sum of x²): 1 if all have the same, 1/n if one has
// all. 1 of none, or if all are 0.
double jain_index(std::span<const std::uint64_t> shares);

}  // namespace tuner
