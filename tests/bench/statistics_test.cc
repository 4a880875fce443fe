#include "bench/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace tuner {
namespace {

std::vector<double> times(const std::vector<double>& values, double factor) {
  std::vector<double> all;
  for (const double value : values) all.push_back(value * factor);
  return all;
}

TEST(Statistics, TheMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(median({3}), 3);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 7}), 6);
}

TEST(Statistics, AConstantRatioHasAnIntervalOfNoWidth) {
  const std::vector<double> bases{1, 2, 3, 4, 5, 6};
  const auto ratio = paired_ratio(times(bases, 1.25), bases);
  ASSERT_TRUE(ratio);
  EXPECT_NEAR(ratio->ratio, 1.25, 1e-12);
  EXPECT_NEAR(ratio->low, 1.25, 1e-12);
  EXPECT_NEAR(ratio->high, 1.25, 1e-12);
  EXPECT_EQ(ratio->pairs, 6U);
}

// Ten log ratios 1, 2, …, 10 (hundredths): of the 55 averages the ninth smallest and the ninth
// largest bound the interval of 95.1 % (Wilcoxon's table: 8 for ten pairs).
TEST(Statistics, TheIntervalIsThatOfTheSignedRankTest) {
  std::vector<double> values, bases;
  std::vector<double> averages;
  for (int i = 1; i <= 10; ++i) {
    values.push_back(std::exp(i / 100.0));
    bases.push_back(1);
    for (int j = i; j <= 10; ++j) averages.push_back((i + j) / 200.0);
  }
  std::ranges::sort(averages);
  const auto ratio = paired_ratio(values, bases);
  ASSERT_TRUE(ratio);
  EXPECT_NEAR(std::log(ratio->ratio), 0.055, 1e-12);
  EXPECT_NEAR(std::log(ratio->low), averages[8], 1e-12);
  EXPECT_NEAR(std::log(ratio->high), averages[averages.size() - 9], 1e-12);
}

// With six pairs all must agree: the interval goes from the smallest to the largest.
TEST(Statistics, SixPairsHaveTheirExtremesAsInterval) {
  const std::vector<double> values{1.1, 1.2, 1.3, 1.4, 1.5, 1.6};
  const std::vector<double> bases(6, 1.0);
  const auto ratio = paired_ratio(values, bases);
  ASSERT_TRUE(ratio);
  EXPECT_NEAR(ratio->low, 1.1, 1e-12);
  EXPECT_NEAR(ratio->high, 1.6, 1e-12);
}

TEST(Statistics, WithoutEnoughPairsOrWithValuesThatHaveNoRatioThereIsNone) {
  const std::vector<double> five(5, 1.0), six(6, 1.0), seven(7, 1.0);
  EXPECT_FALSE(paired_ratio(five, five));
  EXPECT_FALSE(paired_ratio(six, seven));
  for (const double bad : {0.0, -1.0, std::nan("")}) {
    std::vector<double> values = six;
    values[3] = bad;
    EXPECT_FALSE(paired_ratio(values, six)) << bad;
    EXPECT_FALSE(paired_ratio(six, values)) << bad;
  }
  EXPECT_EQ(difference_of(std::nullopt), Difference::Unknown);
}

TEST(Statistics, ADifferenceNeedsTheWholeIntervalBeyondOnePercent) {
  EXPECT_EQ(difference_of(PairedRatio{1.2, 1.02, 1.4, 10}), Difference::Higher);
  EXPECT_EQ(difference_of(PairedRatio{1.2, 1.009, 1.4, 10}), Difference::None);
  EXPECT_EQ(difference_of(PairedRatio{1.005, 1.004, 1.006, 10}), Difference::None);
  EXPECT_EQ(difference_of(PairedRatio{0.8, 0.7, 0.98, 10}), Difference::Lower);
  EXPECT_EQ(difference_of(PairedRatio{0.8, 0.7, 0.995, 10}), Difference::None);
  EXPECT_EQ(difference_of(PairedRatio{1, 0.5, 2, 10}), Difference::None);
}

// A generator with a known sequence, so that the test says the same each time.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : state_(seed) {}
  double next() {  // from 0.9 to 1.1
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return 0.9 + 0.2 * static_cast<double>(state_ >> 11U) / static_cast<double>(1ULL << 53U);
  }

 private:
  std::uint64_t state_;
};

struct Counted {
  int none = 0;
  int lower = 0;
};

Counted compare(double factor) {
  Counted counted;
  for (std::uint64_t run = 0; run < 200; ++run) {
    Noise noise(run * 7919 + 1);
    std::vector<double> values, bases;
    for (int round = 0; round < 10; ++round) {
      values.push_back(factor * noise.next());
      bases.push_back(noise.next());
    }
    const Difference difference = difference_of(paired_ratio(values, bases));
    counted.none += difference == Difference::None ? 1 : 0;
    counted.lower += difference == Difference::Lower ? 1 : 0;
  }
  return counted;
}

TEST(Statistics, EqualModesAreCalledEqualAndASlowerOneSlower) {
  EXPECT_GE(compare(1).none, 190);  // of 200, as a 95 % interval has it
  EXPECT_GE(compare(0.8).lower, 198);
}

// By hand: of the C(12, 6) = 924 orders of two runs of six rounds, 19 have at most 5 pairs of which
// the value is the larger one (0.0206), and 30 at most 6 (0.0325, more than 0.025). So the interval
// starts at the sixth smallest ratio.
TEST(Statistics, TwoRunsAreComparedByTheRankSumTest) {
  const std::vector<double> bases(6, 1.0);
  const std::vector<double> values{2, 3, 4, 5, 6, 7};  // each ratio six times
  const auto ratio = unpaired_ratio(values, bases);
  ASSERT_TRUE(ratio);
  EXPECT_NEAR(ratio->ratio, std::sqrt(4.0 * 5.0), 1e-12);
  EXPECT_EQ(ratio->low, 2);
  EXPECT_EQ(ratio->high, 7);
  EXPECT_EQ(ratio->pairs, 6U);
  EXPECT_FALSE(unpaired_ratio(values, std::vector<double>(5, 1.0)));
  EXPECT_FALSE(unpaired_ratio(std::vector<double>{1, 2, 3, 4, 5, 0}, bases));
}

// Of lists of any length: the interval contains the true ratio in 95 of 100 runs, also where the
// normal distribution stands for the exact one.
TEST(Statistics, TheIntervalOfTwoRunsContainsTheTruth) {
  for (const int rounds : {8, 40}) {
    int missed = 0;
    for (std::uint64_t run = 0; run < 400; ++run) {
      Noise noise(run * 104729 + 1);
      std::vector<double> values, bases;
      for (int round = 0; round < rounds; ++round) values.push_back(1.5 * noise.next());
      for (int round = 0; round < rounds + 3; ++round) bases.push_back(noise.next());
      const auto ratio = unpaired_ratio(values, bases);
      missed += ratio->low > 1.5 || ratio->high < 1.5 ? 1 : 0;
    }
    EXPECT_LE(missed, 30) << rounds;
    EXPECT_GE(missed, 5) << "the interval is wider than it need be, " << rounds;
  }
}

TEST(Statistics, TheCentreOfARunHasAnInterval) {
  const auto centre = centre_of(std::vector<double>{4, 4, 4, 4, 4, 4, 4});
  ASSERT_TRUE(centre);
  EXPECT_EQ(centre->low, 4);
  EXPECT_EQ(centre->high, 4);
  EXPECT_FALSE(centre_of(std::vector<double>{4, 4, 4}));
}

TEST(Statistics, JainsIndexIsOneForEqualSharesAndOneNthForOneAlone) {
  EXPECT_DOUBLE_EQ(jain_index(std::array<std::uint64_t, 4>{5, 5, 5, 5}), 1);
  EXPECT_DOUBLE_EQ(jain_index(std::array<std::uint64_t, 4>{9, 0, 0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(jain_index(std::array<std::uint64_t, 2>{1, 3}), 0.8);
  EXPECT_DOUBLE_EQ(jain_index(std::array<std::uint64_t, 3>{0, 0, 0}), 1);
  EXPECT_DOUBLE_EQ(jain_index({}), 1);
}

}  // namespace
}  // namespace tuner
