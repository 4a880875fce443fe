#include "bench/latency_result.h"

#include "bench/bench_reports.h"
#include "bench/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using testing::latency_report;
using testing::latency_samples;

TEST(LatencyResult, RowsHaveTheirHistogramsAndRatiosByStep) {
  const BenchResult result = judge_bench(latency_report(30), {});
  ASSERT_EQ(result.rows.size(), 3U);
  const BenchRow& ktls = result.rows[2];
  ASSERT_EQ(ktls.latency.size(), 2U);
  const LatencyFigures& figures = ktls.latency[1];
  EXPECT_EQ(figures.step.response_bytes, 16384U);
  EXPECT_EQ(figures.rounds, 10U);
  EXPECT_EQ(figures.arrivals, 1000U);
  EXPECT_EQ(figures.latency.count(), 1000U);
  EXPECT_NEAR(static_cast<double>(figures.latency.at(0.5)), 30'270, 100);
  EXPECT_NEAR(figures.p50_to_tls->ratio, 0.75, 0.002);
  EXPECT_NEAR(figures.p99_to_tls->ratio, 0.75, 0.002);
  EXPECT_NEAR(figures.p50_to_plain->ratio, 1.5, 0.004);
  EXPECT_FALSE(figures.generator_limited);
  EXPECT_NEAR(ktls.p50_to_tls->ratio, 0.75, 0.002);
  EXPECT_EQ(ktls.p99_to_tls->pairs, 10U);
  EXPECT_EQ(ktls.counters.at("TlsTxSw"), 80);
  EXPECT_EQ(ktls.checked_bytes, 20 * 4096U);
  EXPECT_TRUE(*ktls.path == TlsPath::Kernel);
  EXPECT_FALSE(result.rows[1].latency[0].p50_to_tls) << "not with itself";
  EXPECT_FALSE(result.rows[0].latency[0].p50_to_plain);
  EXPECT_EQ(result.rounds_done, 10);
}

TEST(LatencyResult, AShorterLatencyPaysOffAndALongerOneCosts) {
  EXPECT_EQ(judge_bench(latency_report(30), {}).verdict, KtlsVerdict::PaysOff);
  EXPECT_EQ(judge_bench(latency_report(50), {}).verdict, KtlsVerdict::Costs);
  EXPECT_EQ(judge_bench(latency_report(40.1), {}).verdict, KtlsVerdict::NoDifference);
  EXPECT_EQ(judge_bench(latency_report(30, TlsPath::Userspace), {}).verdict,
            KtlsVerdict::NotMeasured);
  EXPECT_THAT(judge_bench(latency_report(30), {}).because,
              HasSubstr("ktls TLSv1.3 AES-128-GCM has 0.75 times (0.75 to 0.75) the median latency "
                        "of user space and 0.75 times"));
}

// The generator's lag is the same in all rows, so a ratio of such latencies says little.
TEST(LatencyResult, ARowThatTheGeneratorLimitsSaysSoAndIsNotJudged) {
  const auto with_lag = [](std::int64_t lag, double p50_us) {
    auto samples = latency_samples(p50_us);
    for (LatencySample& sample : samples) {
      sample.lag = {};
      sample.lag.record(10, 98);
      sample.lag.record(lag, 2);
    }
    return judge_bench(latency_report(samples), {});
  };
  const BenchResult fine = with_lag(1'400, 30);  // 5 % of 30 us are 1.5 us
  EXPECT_FALSE(fine.rows[2].latency[0].generator_limited);
  const BenchResult share = with_lag(1'600, 30);
  EXPECT_TRUE(share.rows[2].latency[0].generator_limited);
  EXPECT_TRUE(share.rows[2].latency[0].p50_to_tls) << "shown, not judged";
  EXPECT_FALSE(share.rows[2].p50_to_tls);
  EXPECT_EQ(share.verdict, KtlsVerdict::NotMeasured);
  EXPECT_THAT(share.because, HasSubstr("the generator was too late in each row"));
  const BenchResult absolute = with_lag(51'000, 30'000);
  EXPECT_TRUE(absolute.rows[2].latency[0].generator_limited);
}

TEST(LatencyResult, AStepThatOneSideLimitsIsLeftOutOfTheVerdict) {
  auto samples = latency_samples(30);
  for (LatencySample& sample : samples) {
    if (sample.step == 0 && sample.variant == 1) sample.lag.record(60'000, 50);
    if (sample.step == 0 && sample.variant == 2) sample.latency.record(2'500, 1000);
  }
  const BenchRow row = judge_bench(latency_report(samples), {}).rows[2];
  EXPECT_FALSE(row.latency[0].generator_limited);
  EXPECT_NEAR(row.p50_to_tls->ratio, 0.75, 0.002) << "of the other step";
}

// 50 requests a round have no 99th percentile, ten rounds of them have one.
TEST(LatencyResult, FewRequestsARoundHaveAMedianAndNoRatioOfTheTail) {
  auto samples = latency_samples(30);
  for (LatencySample& sample : samples) {
    LatencyHistogram half;
    half.record(sample.latency.at(0.5), 50);
    sample.latency = half;
  }
  const BenchRow row = judge_bench(latency_report(samples), {}).rows[2];
  EXPECT_TRUE(row.latency[0].p50_to_tls);
  EXPECT_FALSE(row.latency[0].p99_to_tls);
  EXPECT_TRUE(row.latency[0].latency.has(0.99));
  EXPECT_FALSE(row.p99_to_tls);
  EXPECT_EQ(row.verdict, KtlsVerdict::PaysOff);
}

TEST(LatencyResult, DroppedRequestsAreSummed) {
  auto samples = latency_samples(30);
  for (LatencySample& sample : samples) {
    sample.arrivals += 7;
    sample.dropped += 7;
  }
  const LatencyFigures figures = judge_bench(latency_report(samples), {}).rows[0].latency[0];
  EXPECT_EQ(figures.dropped, 70U);
  EXPECT_EQ(figures.arrivals, 1070U);
}

TEST(LatencyResult, AnInterruptedRunHasTheStepsThatWereMeasured) {
  auto samples = latency_samples(30);
  std::erase_if(samples,
                [](const LatencySample& sample) { return sample.round > 0 || sample.step == 1; });
  BenchReport report = latency_report(samples);
  report.ending = BenchEnding::Interrupted;
  const BenchResult result = judge_bench(report, {});
  EXPECT_EQ(result.rounds_done, 0);
  EXPECT_EQ(result.rows[2].rounds, 1U);
  EXPECT_EQ(result.rows[2].latency[1].rounds, 0U);
  EXPECT_EQ(result.verdict, KtlsVerdict::NotMeasured);
}

}  // namespace
}  // namespace tuner
