#include "bench/load/arrivals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Arrivals, TheyAreInOrderWithinTheTimeAndTheSameForTheSameSeed) {
  const auto due = poisson_arrivals(1, 1000, seconds(1));
  EXPECT_TRUE(std::ranges::is_sorted(due));
  EXPECT_GE(due.front(), 0);
  EXPECT_LT(due.back(), 1'000'000'000);
  EXPECT_EQ(poisson_arrivals(1, 1000, seconds(1)), due);
  EXPECT_NE(poisson_arrivals(2, 1000, seconds(1)), due);
  // A longer run begins as the shorter one.
  const auto longer = poisson_arrivals(1, 1000, seconds(2));
  EXPECT_TRUE(std::equal(due.begin(), due.end(), longer.begin()));
  EXPECT_TRUE(poisson_arrivals(1, 0.001, milliseconds(1)).empty());
}

// Of 100,000 arrivals: the rate within three standard deviations, and the gaps exponential, which a
// constant rate is not: e^-1 of them are longer than the mean, and their deviation is the mean.
TEST(Arrivals, TheGapsAreExponentialWithTheRate) {
  const auto due = poisson_arrivals(5, 50'000, seconds(2));
  EXPECT_NEAR(static_cast<double>(due.size()), 100'000, 3 * std::sqrt(100'000));
  double longer = 0, squares = 0;
  for (std::size_t i = 1; i < due.size(); ++i) {
    const double gap = static_cast<double>(due[i] - due[i - 1]) / 20'000;
    longer += gap > 1 ? 1 : 0;
    squares += (gap - 1) * (gap - 1);
  }
  EXPECT_NEAR(longer / static_cast<double>(due.size()), std::exp(-1), 0.01);
  EXPECT_NEAR(squares / static_cast<double>(due.size()), 1, 0.03);
}

TEST(Arrivals, SequencesOfARunHaveSeedsOfTheirOwn) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t run = 0; run < 10; ++run) {
    for (std::uint64_t sequence = 0; sequence < 100; ++sequence)
      seeds.insert(seed_of(run, sequence));
  }
  // Run 0's second sequence is not run 1's first: runs are not shifted copies.
  EXPECT_EQ(seeds.size(), 1000U);
}

}  // namespace
}  // namespace tuner
