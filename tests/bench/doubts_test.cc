#include "bench/doubts.h"

#include "bench/bench_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::bench_report;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<BenchDoubt> doubts(const BenchReport& report, const BenchSurroundings& around = {}) {
  std::vector<BenchDoubt> found;
  for (const NotComparable& one : doubts_of_run(report, around)) found.push_back(one.doubt);
  return found;
}

BenchSurroundings with_governors(const std::string& before, const std::string& after) {
  BenchSurroundings around;
  for (BenchCpuState& state : around.before) state.governor = before;
  for (BenchCpuState& state : around.after) state.governor = after;
  return around;
}

TEST(BenchDoubts, AQuietRunHasNoneAndWhatCouldNotBeReadIsNone) {
  EXPECT_THAT(doubts(bench_report(20, 20)), IsEmpty());
  EXPECT_THAT(doubts(bench_report(20, 20), with_governors("performance", "performance")),
              IsEmpty());
  BenchSurroundings half;
  half.before[0] = {.governor = "powersave", .throttled = 3};  // gone at the end
  EXPECT_THAT(doubts(bench_report(20, 20), half), IsEmpty());
}

// Ten limits of a second on the sender's CPU, which got 900 ms each.
TEST(BenchDoubts, LoadDuringTheRunIsWhatALoopDidNotGet) {
  BenchReport report = bench_report(20, 20);
  for (LimitSample& sample : report.limits) sample.running_ns = 900'000'000;
  EXPECT_NEAR(load_during_run(report, BenchEnd::Sender).value(), 0.1, 1e-9);
  EXPECT_FALSE(load_during_run(report, BenchEnd::Receiver)) << "nothing was opened there";
  EXPECT_THAT(doubts(report), ElementsAre(BenchDoubt::LoadDuringRun));
  EXPECT_THAT(doubts_of_run(report, {})[0].because, HasSubstr("used 10 % of CPU 2"));
  for (LimitSample& sample : report.limits) sample.running_ns = 990'000'000;
  EXPECT_THAT(doubts(report), IsEmpty());
}

TEST(BenchDoubts, TheReceiversCpuHasTheLimitsThatOpen) {
  BenchReport report = bench_report(20, 20);
  for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Chacha20Poly1305})
    report.limits.push_back({limits_of(cipher).open, 0, 1, 1000, 500});
  EXPECT_NEAR(load_during_run(report, BenchEnd::Receiver).value(), 0.5, 1e-9);
  EXPECT_THAT(doubts_of_run(report, {})[0].because, HasSubstr("used 50 % of CPU 3"));
}

TEST(BenchDoubts, AGovernorThatSavesPowerOrMovesIsNamed) {
  const auto saving = doubts_of_run(bench_report(20, 20), with_governors("powersave", "powersave"));
  ASSERT_EQ(saving.size(), 1U);
  EXPECT_EQ(saving[0].doubt, BenchDoubt::Governor);
  EXPECT_THAT(saving[0].because, HasSubstr("governor of CPUs 2 and 3 is powersave"));
  EXPECT_THAT(doubts(bench_report(20, 20), with_governors("performance", "schedutil")),
              ElementsAre(BenchDoubt::GovernorMoved));
}

TEST(BenchDoubts, ACpuThatWasTooHotIsNamed) {
  BenchSurroundings around;
  around.before[1].throttled = 7;
  around.after[1].throttled = 9;
  around.before[0].throttled = around.after[0].throttled = 4;
  const auto found = doubts_of_run(bench_report(20, 20), around);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].doubt, BenchDoubt::Throttled);
  EXPECT_THAT(found[0].because, HasSubstr("CPU 3 was throttled"));
}

TEST(BenchDoubts, AClockThatMovedByATenthIsNamed) {
  BenchReport report = bench_report(20, 20);
  for (BenchSample& sample : report.samples) sample.khz = {3'000'000, 0};
  EXPECT_THAT(doubts(report), IsEmpty()) << "0: not readable";
  report.samples[5].khz[0] = 2'800'000;
  EXPECT_THAT(doubts(report), IsEmpty());
  report.samples[5].khz[0] = 2'600'000;
  const auto found = doubts_of_run(report, {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].because, HasSubstr("CPU 2 was between 2600 and 3000 MHz"));
}

// They are said behind those of the machine, and leave the ratios of this machine as they are.
TEST(BenchDoubts, TheyAreReasonsAgainstComparingAndVoidNothing) {
  const BenchResult result = judge_bench(bench_report(30, 30), {.irqbalance = 412});
  ASSERT_FALSE(result.not_comparable.empty());
  EXPECT_EQ(result.not_comparable.back().doubt, BenchDoubt::Irqbalance);
  EXPECT_THAT(result.not_comparable.back().because, HasSubstr("pid 412"));
  EXPECT_EQ(result.verdict, KtlsVerdict::PaysOff);
  EXPECT_NEAR(result.load_during_run[0].value(), 0, 1e-9);
  EXPECT_FALSE(result.load_during_run[1]);
}

}  // namespace
}  // namespace tuner
