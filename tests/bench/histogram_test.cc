#include "bench/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

LatencyHistogram of(const std::vector<std::int64_t>& values) {
  LatencyHistogram histogram;
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

// Latencies of different shapes, from a fixed sequence.
std::vector<std::int64_t> exponential(std::size_t count, double mean) {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(static_cast<std::int64_t>(
        -std::log((static_cast<double>(random() >> 11U) + 1) * 0x1p-53) * mean));
  return values;
}

std::vector<std::int64_t> two_humps(std::size_t count) {
  std::mt19937_64 random(11);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(static_cast<std::int64_t>(i % 100 == 0 ? 90'000'000 + random() % 20'000'000
                                                            : 20'000 + random() % 9'000));
  return values;
}

// The value at share q of the sorted list: the smallest that at least q of all do not exceed.
std::int64_t sorted_at(const std::vector<std::int64_t>& sorted, double share) {
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size()) * (1 - 1e-12)));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

TEST(Histogram, EachPercentileIsWithinOnePercentOfTheSortedValues) {
  for (std::vector<std::int64_t> values :
       {exponential(20'000, 35'000), exponential(999, 2e9), two_humps(20'000),
        std::vector<std::int64_t>{5}, std::vector<std::int64_t>{1, 2, 3, 4'000'000'000}}) {
    const LatencyHistogram histogram = of(values);
    std::ranges::sort(values);
    for (int i = 0; i <= 10'000; ++i) {
      const double share = i / 10'000.0;
      const auto exact = static_cast<double>(sorted_at(values, share));
      const auto shown = static_cast<double>(histogram.at(share));
      ASSERT_GE(shown, exact) << share;
      ASSERT_LE(shown, exact * 1.001) << share;
    }
    EXPECT_EQ(histogram.count(), values.size());
    double sum = 0;
    for (const std::int64_t value : values) sum += static_cast<double>(value);
    EXPECT_NEAR(histogram.mean(), sum / static_cast<double>(values.size()),
                0.001 * sum / static_cast<double>(values.size()));
  }
}

TEST(Histogram, ValuesOutsideOfTheRangeAreItsEnds) {
  LatencyHistogram histogram;
  histogram.record(-5);
  EXPECT_EQ(histogram.max(), 0);
  histogram.record(LatencyHistogram::kMost + 12345);
  EXPECT_EQ(histogram.max(), LatencyHistogram::kMost);
  EXPECT_EQ(histogram.count(), 2U);
}

TEST(Histogram, AnEmptyOneHasNoPercentile) {
  const LatencyHistogram none;
  EXPECT_EQ(none.at(0.5), 0);
  EXPECT_EQ(none.mean(), 0);
  EXPECT_EQ(none.deviation(), 0);
  EXPECT_FALSE(none.has(0));
  EXPECT_TRUE(none.curve().empty());
  EXPECT_TRUE(none.packed().empty());
}

// 1 of 1000 is expected beyond the 99.9th percentile only among 1000.
TEST(Histogram, APercentileNeedsValuesBeyondIt) {
  LatencyHistogram histogram;
  histogram.record(10, 999);
  EXPECT_TRUE(histogram.has(0.99));
  EXPECT_FALSE(histogram.has(0.999));
  histogram.record(10);
  EXPECT_TRUE(histogram.has(0.999));
}

TEST(Histogram, HistogramsAreAdded) {
  LatencyHistogram sum = of({1, 2, 3});
  sum.add(of({1'000'000}));
  EXPECT_EQ(sum, of({1, 2, 3, 1'000'000}));
  sum.add({});
  EXPECT_EQ(sum.count(), 4U);
}

TEST(Histogram, ItIsUnpackedAsItWasPacked) {
  EXPECT_THAT(of({0, 2, 2, 3}).packed(), ElementsAre(0, 1, 1, 2, 0, 1));
  for (const auto& values : {exponential(5000, 35'000), two_humps(500), {}}) {
    const LatencyHistogram histogram = of(values);
    const auto again = LatencyHistogram::unpacked(histogram.packed());
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(*again, histogram);
  }
}

TEST(Histogram, NumbersThatPackedDoesNotMakeAreRefused) {
  const auto complaint = [](const std::vector<std::uint64_t>& numbers) {
    const auto histogram = LatencyHistogram::unpacked(numbers);
    return histogram ? std::string("taken") : histogram.error().text;
  };
  EXPECT_THAT(complaint({3}), HasSubstr("has no count"));
  EXPECT_THAT(complaint({3, 0}), HasSubstr("without values"));
  EXPECT_THAT(complaint({1'000'000, 1}), HasSubstr("that there is not"));
  EXPECT_THAT(complaint({~std::uint64_t{0}, 1}), HasSubstr("that there is not"));
  EXPECT_THAT(complaint({5, 1, ~std::uint64_t{0} - 2, 1}), HasSubstr("that there is not"));
  EXPECT_THAT(complaint({0, std::uint64_t{1} << 40U}), HasSubstr("more values than can be"));
  LatencyHistogram last;
  last.record(LatencyHistogram::kMost);
  EXPECT_EQ(complaint(last.packed()), "taken");
  auto beyond = last.packed();
  ++beyond[0];
  EXPECT_THAT(complaint(beyond), HasSubstr("that there is not"));
}

TEST(Histogram, TheCurveGoesFromTheFirstValueToTheLast) {
  const LatencyHistogram histogram = of(exponential(10'000, 35'000));
  const auto curve = histogram.curve();
  ASSERT_GT(curve.size(), 20U);
  EXPECT_EQ(curve.front().share, 0);
  EXPECT_EQ(curve[5].share, 0.5);
  EXPECT_EQ(curve[10].share, 0.75);
  EXPECT_EQ(curve.back().share, 1);
  EXPECT_EQ(curve.back().nanoseconds, histogram.max());
  EXPECT_EQ(curve.back().count, histogram.count());
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].share, curve[i - 1].share);
    EXPECT_GE(curve[i].nanoseconds, curve[i - 1].nanoseconds);
    EXPECT_GE(static_cast<double>(curve[i].count) * (1 + 1e-12),
              curve[i].share * static_cast<double>(histogram.count()));
  }
}

// What the plotter reads, to the blank.
TEST(Histogram, TheTextOfAFileIsThatOfHdrHistogram) {
  const std::string text = hgrm_text(of({1000, 1000, 2000, 8'001'000}));
  EXPECT_EQ(text,
            "       Value     Percentile TotalCount 1/(1-Percentile)\n"
            "\n"
            "       1.000 0.000000000000          2           1.00\n"
            "       1.000 0.100000000000          2           1.11\n"
            "       1.000 0.200000000000          2           1.25\n"
            "       1.000 0.300000000000          2           1.43\n"
            "       1.000 0.400000000000          2           1.67\n"
            "       1.000 0.500000000000          2           2.00\n"
            "       2.000 0.550000000000          3           2.22\n"
            "       2.000 0.600000000000          3           2.50\n"
            "       2.000 0.650000000000          3           2.86\n"
            "       2.000 0.700000000000          3           3.33\n"
            "       2.000 0.750000000000          3           4.00\n"
            "    8003.583 0.775000000000          4           4.44\n"
            "    8003.583 1.000000000000          4\n"
            "#[Mean    =     2001.384, StdDeviation   =     3464.189]\n"
            "#[Max     =     8003.583, Total count    =            4]\n"
            "#[Buckets =           32, SubBuckets     =         2048]\n");
  EXPECT_THAT(hgrm_text({}), StartsWith("       Value     Percentile TotalCount"));
}

}  // namespace
}  // namespace tuner
