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
    // Downwards, so that a rank is added to sums without it only.
    for (std::size_t sum = largest; sum >= rank; --sum) counts[sum] += counts[sum - rank];
  }
  return counts;
}

// The rank of the average, counted from 1, with which the interval begins.
std::size_t rank_of_average(std::size_t pairs) {
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

// Up to this product of the two numbers of rounds the rank-sum test is exact; beyond it the normal
// distribution differs by less than one rank.
constexpr std::size_t kExactProduct = 900;

// How many of the C(n+m, n) orders of n values and m bases have u pairs in which the value is the
// larger one, by u. Of the largest of all: it is a value, above all m bases, or a base.
std::vector<double> counts_of_larger(std::size_t n, std::size_t m) {
  std::vector<std::vector<double>> by_bases(m + 1, {1.0});  // without a value
  for (std::size_t values = 1; values <= n; ++values) {
    std::vector<std::vector<double>> next(m + 1);
    for (std::size_t bases = 0; bases <= m; ++bases) {
      next[bases].assign(values * bases + 1, 0);
      for (std::size_t u = 0; u < by_bases[bases].size(); ++u)
        next[bases][u + bases] += by_bases[bases][u];
      if (bases == 0) continue;
      for (std::size_t u = 0; u < next[bases - 1].size(); ++u) next[bases][u] += next[bases - 1][u];
    }
    by_bases = std::move(next);
  }
  return by_bases[m];
}

// How many of the smallest ratios, and of the largest, are outside of the interval.
std::size_t rank_of_ratio(std::size_t n, std::size_t m) {
  if (n * m > kExactProduct) {
    const auto product = static_cast<double>(n * m);
    const double deviation = std::sqrt(product * static_cast<double>(n + m + 1) / 12);
    return static_cast<std::size_t>(std::max(0.0, product / 2 - 1.96 * deviation));
  }
  const auto counts = counts_of_larger(n, m);
  double all = 0;
  for (const double count : counts) all += count;
  double below = 0;
  for (std::size_t u = 0; u < counts.size(); ++u) {
    below += counts[u] / all;
    if (below > kOutside) return u;
  }
  return 0;
}

// Of ratios in order: the interval goes from the one of this rank, counted from 1, to the one as
// far from the largest. 0 is as 1.
PairedRatio ratio_of(const std::vector<double>& all, std::size_t rank, std::size_t pairs) {
  const std::size_t first = rank == 0 ? 0 : rank - 1;
  return {.ratio = mean(all[(all.size() - 1) / 2], all[all.size() / 2]),
          .low = all[first],
          .high = all[all.size() - 1 - first],
          .pairs = pairs};
}

bool all_positive(std::span<const double> values) {
  return std::ranges::all_of(values, [](double value) { return value > 0; });
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
  if (!all_positive(values) || !all_positive(bases)) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < pairs; ++i) ratios.push_back(values[i] / bases[i]);
  // The logarithm keeps the order, so that the averages are sorted and chosen as ratios.
  return ratio_of(averages(ratios), rank_of_average(pairs), pairs);
}

std::optional<PairedRatio> unpaired_ratio(std::span<const double> values,
                                          std::span<const double> bases) {
  const std::size_t fewer = std::min(values.size(), bases.size());
  if (fewer < kFewestPairs || !all_positive(values) || !all_positive(bases)) return std::nullopt;
  std::vector<double> ratios;
  for (const double value : values) {
    for (const double base : bases) ratios.push_back(value / base);
  }
  std::ranges::sort(ratios);
  return ratio_of(ratios, rank_of_ratio(values.size(), bases.size()), fewer);
}

std::optional<PairedRatio> centre_of(std::span<const double> values) {
  return paired_ratio(values, std::vector<double>(values.size(), 1.0));
}

Difference difference_of(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return Difference::Unknown;
  if (ratio->low > 1 + kSmallestDifference) return Difference::Higher;
  // On the scale of ratios: if A is higher than B, then B is lower than A.
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
