#include "bench/statistics.h"

#include <algorithm>
#include <cmath>

namespace tuner {
namespace {

constexpr double kOutside = 0.025;  // at each side of the interval

// The sum of the ranks with a positive sign takes each value from 0 to n(n+1)/2. How many of the
// 2^n signs give it: rank r is in the sum or not.
std::vector<double> counts_of_rank_sums(std::size_t pairs) {
  std::vector<double> counts(pairs * (pairs + 1) / 2 + 1, 0);
  counts[0] = 1;
  std::size_t largest = 0;
  for (std::size_t rank = 1; rank <= pairs; ++rank) {
    largest += rank;
    for (std::size_t sum = largest; sum >= rank; --sum) counts[sum] += counts[sum - rank];
  }
  return counts;
}

// How many of the smallest averages, and of the largest, are outside of the interval.
std::size_t averages_outside(std::size_t pairs) {
  double all = 1;
  for (std::size_t pair = 0; pair < pairs; ++pair) all *= 2;
  const auto counts = counts_of_rank_sums(pairs);
  double below = 0;
  for (std::size_t sum = 0; sum < counts.size(); ++sum) {
    below += counts[sum] / all;
    if (below > kOutside) return sum;
  }
  return 0;
}

// The mean of two ratios: that of their logarithms. Without a logarithm, which would be the
// program's only use of libm, a file to load at each start (tuner/CMakeLists.txt).
double mean(double one, double other) {
  return std::sqrt(one * other);
}

// Walsh's averages: of each two ratios, and of each with itself.
std::vector<double> averages(const std::vector<double>& ratios) {
  std::vector<double> all;
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    for (std::size_t j = i; j < ratios.size(); ++j) all.push_back(mean(ratios[i], ratios[j]));
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

std::optional<PairedRatio> paired_ratio(std::span<const double> values,
                                        std::span<const double> bases) {
  const std::size_t pairs = values.size();
  if (pairs < kFewestPairs || bases.size() != pairs) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (!(values[i] > 0) || !(bases[i] > 0)) return std::nullopt;
    ratios.push_back(values[i] / bases[i]);
  }
  const std::vector<double> all = averages(ratios);
  const std::size_t outside = averages_outside(pairs);
  // With k averages outside at each side the interval goes from the k-th smallest, counted from 1.
  const std::size_t first = outside == 0 ? 0 : outside - 1;
  return PairedRatio{.ratio = mean(all[(all.size() - 1) / 2], all[all.size() / 2]),
                     .low = all[first],
                     .high = all[all.size() - 1 - first],
                     .pairs = pairs};
}

Difference difference_of(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return Difference::Unknown;
  if (ratio->low > 1 + kSmallestDifference) return Difference::Higher;
  if (ratio->high < 1 / (1 + kSmallestDifference)) return Difference::Lower;
  return Difference::None;
}

double jain_index(std::span<const std::uint64_t> shares) {
  double sum = 0;
  double squares = 0;
  for (const std::uint64_t share : shares) {
    const auto one = static_cast<double>(share);
    sum += one;
    squares += one * one;
  }
  return squares > 0 ? sum * sum / (static_cast<double>(shares.size()) * squares) : 1;
}

}  // namespace tuner
