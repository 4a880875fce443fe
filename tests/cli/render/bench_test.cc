#include "cli/render/bench.h"

#include "bench/bench_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::bench_report;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// ktls-sendfile fell back to nothing: OpenSSL had no kernel TLS for it.
BenchResult one_refused() {
  BenchReport report = bench_report(15, 30);
  std::erase_if(report.samples, [](const BenchSample& sample) { return sample.variant == 3; });
  report.refusals.push_back(
      {3, {.fault = Fault::Unsupported, .text = "SSL_sendfile() needs kernel TLS", .hint = {}}});
  return judge_bench(report, {.hypervisor = true});
}

TEST(BenchText, ARowHasItsPathItsFiguresAndTheProof) {
  const std::string text = bench_text(one_refused(), {});
  EXPECT_THAT(text, ContainsRegex("ktls +TLSv1.3 +kernel +15.1 +75 % +0.796"));
  EXPECT_THAT(text, HasSubstr("0.75 (0.75-0.75)"));
  EXPECT_THAT(text, HasSubstr("counters: TlsTxSw +10"));
  EXPECT_THAT(text, HasSubstr("kernel TLS costs here for this workload: ktls TLSv1.3"));
}

TEST(BenchText, ARowWithoutMeasurementHasItsReasonAndNoFigure) {
  const std::string text = bench_text(one_refused(), {});
  EXPECT_THAT(text,
              ContainsRegex("ktls-sendfile +TLSv1.3 +not measured\n +SSL_sendfile\\(\\) needs"));
}

TEST(BenchText, TheThreadsAreShownOnlyIfTheySayOtherwise) {
  BenchReport report = bench_report(20, 20);
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}), Not(HasSubstr("threads")));
  for (BenchSample& sample : report.samples) sample.cost[0].thread_us = 500'000;
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}), HasSubstr("(threads 0."));
}

TEST(BenchText, AnEndBeforeTheLastRoundIsSaid) {
  BenchReport report = bench_report(20, 20);
  report.ending = BenchEnding::Interrupted;
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}),
              HasSubstr("10 of 10 rounds of 0.10 s a row: interrupted"));
}

TEST(BenchDocument, HasEachRowWithItsFiguresOrItsReason) {
  const document::Bench bench = bench_document(one_refused());
  ASSERT_EQ(bench.rows.size(), 4U);
  const document::BenchRow& ktls = bench.rows[2];
  EXPECT_EQ(ktls.mode, "ktls");
  EXPECT_EQ(ktls.version, "TLSv1.3");
  EXPECT_EQ(ktls.path, "kernel");
  EXPECT_EQ(ktls.verdict, "costs");
  ASSERT_TRUE(ktls.figures);
  EXPECT_NEAR(ktls.figures->speed_to_tls->ratio, 0.75, 1e-6);
  EXPECT_EQ(ktls.figures->speed_to_tls->pairs, 10U);
  EXPECT_NEAR(ktls.figures->cpu_seconds_per_gb.total, 1.5 / 1.875, 0.01);
  EXPECT_EQ(ktls.figures->rounds.gbit_per_second.size(), 10U);
  EXPECT_NEAR(ktls.figures->rounds.gbit_per_second[9], 15 * 1.009, 1e-6);
  EXPECT_EQ(ktls.figures->rounds.cpu_seconds_per_gb.size(), 10U);
  const document::BenchRow& refused = bench.rows[3];
  EXPECT_FALSE(refused.figures);
  EXPECT_FALSE(refused.path);
  EXPECT_EQ(refused.because, "SSL_sendfile() needs kernel TLS");
  EXPECT_EQ(refused.verdict, "not_measured");
  EXPECT_FALSE(bench.rows[0].version);
  EXPECT_FALSE(bench.rows[0].path);
  EXPECT_FALSE(bench.rows[1].verdict);
  EXPECT_EQ(bench.not_comparable[0].reason, "virtual_machine");
  EXPECT_EQ(bench.verdict, "costs");
  EXPECT_EQ(bench.ending, "complete");
  EXPECT_EQ(bench.sender.cpu, 2);
}

TEST(BenchDocument, ADoubtIsTheReasonOfAnUnknownPath) {
  BenchReport report = bench_report(20, 20);
  report.samples[2].evidence.path = PathFinding::unknown("the counters disagree");
  const document::BenchRow row = bench_document(judge_bench(report, {})).rows[2];
  EXPECT_EQ(row.path, "unknown");
  EXPECT_EQ(row.because, "the counters disagree");
}

}  // namespace
}  // namespace tuner
