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
  const double all = std::exp2(static_cast<double>(pairs));
  const auto counts = counts_of_rank_sums(pairs);
  double below = 0;
  for (std::size_t sum = 0; sum < counts.size(); ++sum) {
    below += counts[sum] / all;
    if (below > kOutside) return sum;
  }
  return 0;
}

// Walsh's averages: of each two values, and of each with itself.
std::vector<double> averages(const std::vector<double>& values) {
  std::vector<double> all;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) all.push_back((values[i] + values[j]) / 2);
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
  std::vector<double> logs;
  for (std::size_t i = 0; i < pairs; ++i) {
    if (!(values[i] > 0) || !(bases[i] > 0)) return std::nullopt;
    logs.push_back(std::log(values[i] / bases[i]));
  }
  const std::vector<double> all = averages(logs);
  const std::size_t outside = averages_outside(pairs);
  // With k averages outside at each side the interval goes from the k-th smallest, counted from 1.
  const std::size_t first = outside == 0 ? 0 : outside - 1;
  return PairedRatio{.ratio = std::exp(median(all)),
                     .low = std::exp(all[first]),
                     .high = std::exp(all[all.size() - 1 - first]),
                     .pairs = pairs};
}

Difference difference_of(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return Difference::Unknown;
  if (ratio->low > 1 + kSmallestDifference) return Difference::Higher;
  if (ratio->high < 1 / (1 + kSmallestDifference)) return Difference::Lower;
  return Difference::None;
}

}  // namespace tuner
