#include "bench/progress.h"

#include "bench/bench_reports.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::seconds;
using testing::bench_sample;
using testing::bench_start;

TEST(BenchProgress, SaysTheRoundTheRowAndTheTimeLeft) {
  BenchReport report{.start = bench_start()};
  EXPECT_EQ(progress_words(report, seconds(2), seconds(62)), "bench: 1 min left");
  for (int round = 0; round < 3; ++round) report.samples.push_back(bench_sample(0, round, 10));
  report.samples.push_back(bench_sample(1, 2, 10));
  EXPECT_EQ(progress_words(report, seconds(21), seconds(60)),
            "bench: round 3 of 10, tls TLSv1.3 AES-128-GCM is done, 39 s left");
}

// An emulated CPU: one of four rows took 30 s, and the run was given 5 s in all.
TEST(BenchProgress, TheFirstRoundIsMeasuredToItsEnd) {
  BenchReport report{.start = bench_start()};
  report.samples.push_back(bench_sample(0, 0, 10));
  EXPECT_EQ(progress_words(report, seconds(30), seconds(5)),
            "bench: round 1 of 10, plain is done, 1 min 30 s left");
  report.refusals.push_back({.variant = 3, .error = {.text = "no", .hint = {}}});
  EXPECT_EQ(progress_words(report, seconds(30), seconds(5)),
            "bench: round 1 of 10, plain is done, 1 min left");
}

TEST(BenchProgress, ATimeThatIsOverIsNotNegative) {
  BenchReport report{.start = bench_start()};
  for (std::size_t row = 0; row < 4; ++row) report.samples.push_back(bench_sample(row, 0, 10));
  EXPECT_EQ(
      progress_words(report, seconds(70), seconds(60)),
      "bench: round 1 of 10, ktls-sendfile TLSv1.3 AES-128-GCM is done, the last measurement");
}

}  // namespace
}  // namespace tuner
