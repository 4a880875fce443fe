#include "bench/message_result.h"

#include "bench/message_reports.h"
#include "bench/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using testing::message_report;
using ::testing::StartsWith;

MessageFigures figures_of(const BenchReport& report, std::size_t row) {
  return message_figures(report, row).value();
}

TEST(MessageResult, AStageHasItsPercentilesAndItsCount) {
  const MessageFigures tls = figures_of(message_report(900), 1);
  EXPECT_EQ(tls.messages, 100U);
  const auto& to_epoll = tls.stage(MessageStage::KernelToEpoll);
  EXPECT_EQ(to_epoll.times->count, 100U);
  EXPECT_EQ(to_epoll.times->p50, 1000);
  EXPECT_EQ(to_epoll.because, "");
  EXPECT_EQ(tls.stage(MessageStage::EpollToRecv).times->p50, 500);
  EXPECT_EQ(tls.stage(MessageStage::Decrypt).times->p50, 604);
  EXPECT_EQ(tls.stage(MessageStage::Decrypt).times->p99, 609);
  EXPECT_EQ(tls.stage(MessageStage::Parse).times->p99, 50);
  EXPECT_EQ(tls.sum(MessageSum::KernelToPlainText).times->p50, 2104);
}

TEST(MessageResult, WhatIsNotVisibleHasAReasonAndNoZero) {
  const BenchReport report = message_report(900);
  for (std::size_t row = 0; row < 3; ++row) {
    const StageFigure nic = figures_of(report, row).stage(MessageStage::NicToKernel);
    EXPECT_FALSE(nic.times);
    EXPECT_THAT(nic.because, HasSubstr("loopback has no NIC"));
  }
  EXPECT_THAT(figures_of(report, 0).stage(MessageStage::Decrypt).because, HasSubstr("no TLS"));
  const MessageFigures ktls = figures_of(report, 2);
  EXPECT_FALSE(ktls.stage(MessageStage::EpollToRecv).times);
  EXPECT_EQ(ktls.stage(MessageStage::EpollToRecv).because, "one call with decrypt");
  EXPECT_FALSE(ktls.stage(MessageStage::Decrypt).times);
  EXPECT_EQ(ktls.stage(MessageStage::Decrypt).because, "one call with receive");
  EXPECT_EQ(ktls.sum(MessageSum::EpollToPlainText).times->p50, 1004);
}

TEST(MessageResult, MissingStampsHideTheKernelsStageAndItsSums) {
  BenchReport report = message_report(900);
  for (MessageSample& sample : report.messages) {
    if (sample.variant != 2) continue;
    for (MessageMarks& marks : sample.marked.messages) marks.kernel.reset();
    sample.marked.no_stamps = "10 of 10 messages have no time stamp of the kernel: no capture";
  }
  const MessageFigures ktls = figures_of(report, 2);
  EXPECT_FALSE(ktls.stage(MessageStage::KernelToEpoll).times);
  EXPECT_THAT(ktls.stage(MessageStage::KernelToEpoll).because,
              StartsWith("not visible: 10 of 10 messages"));
  EXPECT_FALSE(ktls.sum(MessageSum::KernelToPlainText).times);
  EXPECT_FALSE(ktls.sums_to_tls[0]);
  // What both still share is compared.
  EXPECT_EQ(ktls.judged_sum(), MessageSum::EpollToPlainText);
  EXPECT_NEAR(ktls.judged_ratio()->ratio, 1004. / 1104, 0.001);
}

TEST(MessageResult, SomeMissingStampsAreSaidAndTheOthersCount) {
  BenchReport report = message_report(900);
  report.messages[1].marked.messages[0].kernel.reset();
  report.messages[1].marked.no_stamps = "1 of 10 messages have no time stamp of the kernel";
  const auto tls = figures_of(report, 1).stage(MessageStage::KernelToEpoll);
  EXPECT_EQ(tls.times->count, 99U);
  EXPECT_THAT(tls.because, StartsWith("1 of 10"));
}

TEST(MessageResult, TheSharedSumIsComparedRoundByRound) {
  const BenchReport report = message_report(500);
  const MessageFigures ktls = figures_of(report, 2);
  ASSERT_TRUE(ktls.judged_ratio());
  EXPECT_EQ(ktls.judged_sum(), MessageSum::KernelToPlainText);
  EXPECT_NEAR(ktls.judged_ratio()->ratio, 1604. / 2104, 0.001);
  EXPECT_EQ(ktls.judged_ratio()->pairs, 10U);
  EXPECT_FALSE(figures_of(report, 1).judged_ratio()) << "user space is what is compared with";
  EXPECT_FALSE(figures_of(report, 0).judged_ratio());
}

// By which two saved runs are compared.
TEST(MessageResult, EachRoundHasItsMedian) {
  BenchReport report = message_report(900);
  report.messages[4].marked.messages.clear();  // of the second round
  const MessageFigures tls = figures_of(report, 1);
  const auto& medians =
      tls.medians_by_round[static_cast<std::size_t>(MessageSum::KernelToPlainText)];
  ASSERT_EQ(medians.size(), 9U);
  EXPECT_EQ(medians[0], 2100);
  EXPECT_EQ(medians[1], 2102);
}

TEST(MessageResult, ARowWithoutMessagesHasNoFigures) {
  BenchReport report = message_report(900);
  EXPECT_TRUE(message_figures(report, 1));
  report.messages.clear();
  EXPECT_FALSE(message_figures(report, 1));
}

TEST(MessageResult, LessTimePaysOffAndMoreCosts) {
  const auto verdict = [](std::int64_t call) {
    return judge_bench(message_report(call), {}).verdict;
  };
  EXPECT_EQ(verdict(500), KtlsVerdict::PaysOff);
  EXPECT_EQ(verdict(1000), KtlsVerdict::NoDifference);
  EXPECT_EQ(verdict(1500), KtlsVerdict::Costs);
}

TEST(MessageResult, TheSentenceNamesTheSum) {
  const BenchResult result = judge_bench(message_report(1500), {});
  EXPECT_EQ(result.because,
            "kernel TLS costs here for this workload: ktls-receive TLSv1.3 AES-128-GCM takes 1.24 "
            "times (1.24 to 1.24) the time of user space from the kernel to plain text");
  EXPECT_EQ(result.rounds_done, 10);
  const BenchRow& ktls = result.rows[2];
  EXPECT_EQ(ktls.rounds, 10U);
  EXPECT_EQ(ktls.checked_bytes, 10U * 1024);
  EXPECT_EQ(ktls.counters.at("TlsRxSw"), 10);
  EXPECT_TRUE(*ktls.path == TlsPath::Kernel);
}

TEST(MessageResult, AnEmulatedCpuIsNotCompared) {
  const BenchResult result = judge_bench(message_report(500), {.emulated = true});
  EXPECT_EQ(result.verdict, KtlsVerdict::NotComparable);
}

}  // namespace
}  // namespace tuner
