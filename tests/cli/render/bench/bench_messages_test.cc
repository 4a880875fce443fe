#include "bench/message_reports.h"
#include "cli/render/bench/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::message_report;
using ::testing::Not;

TEST(BenchMessages, ARowHasItsStagesInMicroseconds) {
  const std::string text = bench_text(judge_bench(message_report(1500), {}), {});
  EXPECT_THAT(text, HasSubstr("messages over loopback: one message of 1024 bytes at a time"));
  EXPECT_THAT(text, ContainsRegex("plain +100 +1.00 / 1.00 +0.50 / 0.50 +- +0.05 / 0.05"));
  EXPECT_THAT(text, ContainsRegex("tls +TLSv1.3 +userspace +100 +1.00 / 1.00 +0.50 / 0.50 +0.60 / "
                                  "0.61 +0.05 / 0.05 +0.03 / 0.03 +2.10 / 2.11 +-"));
  EXPECT_THAT(text, ContainsRegex("ktls-receive +TLSv1.3 +kernel +100 +1.00 / 1.00 +- +- +0.05"));
  EXPECT_THAT(text, HasSubstr("1.24 (1.24-1.24)"));
  EXPECT_THAT(text, HasSubstr("counters: TlsRxSw +10"));
  EXPECT_THAT(text, HasSubstr("kernel TLS costs here for this workload"));
  EXPECT_THAT(text, Not(HasSubstr("Gbit/s")));
}

TEST(BenchMessages, WhatIsNotVisibleHasItsReason) {
  BenchReport report = message_report(1500);
  report.messages[0].marked.in_parts = 2;
  report.messages[1].marked.disordered = 3;
  const std::string text = bench_text(judge_bench(report, {}), {});
  EXPECT_THAT(text, HasSubstr("epoll_to_recv: one call with decrypt"));
  EXPECT_THAT(text, HasSubstr("decrypt: one call with receive"));
  EXPECT_THAT(text, HasSubstr("decrypt: no TLS: nothing is decrypted"));
  EXPECT_THAT(text, HasSubstr("nic_to_kernel: not visible: loopback has no NIC"));
  EXPECT_THAT(text, HasSubstr("2 messages took several calls and are left out"));
  EXPECT_THAT(text, HasSubstr("3 messages have marks that contradict each other"));
}

TEST(BenchMessages, WithoutStampsTheSumBeginsInEpoll) {
  BenchReport report = message_report(1500);
  for (MessageSample& sample : report.messages) {
    if (sample.variant != 2) continue;
    for (MessageMarks& marks : sample.marked.messages) marks.kernel.reset();
    sample.marked.no_stamps = "no capture";
  }
  const std::string text = bench_text(judge_bench(report, {}), {});
  EXPECT_THAT(text, HasSubstr("1.60 / 1.61 from epoll  1.45 (1.45-1.45)"));
  EXPECT_THAT(text, HasSubstr("kernel_to_epoll: not visible: no capture"));
  EXPECT_THAT(text, HasSubstr("the time of user space from epoll_wait to plain text"));
}

TEST(BenchMessages, ARowThatWasRefusedHasItsReason) {
  BenchReport report = message_report(1500);
  std::erase_if(report.messages, [](const MessageSample& sample) { return sample.variant == 2; });
  report.refusals.push_back(
      {2, {.fault = Fault::Unsupported, .text = "SSL_read() stays in user space", .hint = {}}});
  const BenchResult result = judge_bench(report, {});
  const std::string text = bench_text(result, {});
  EXPECT_THAT(text, ContainsRegex("ktls-receive +TLSv1.3 +not measured\n +SSL_read\\(\\) stays"));
  const document::BenchRow row = bench_document(result).rows[2];
  EXPECT_FALSE(row.messages);
  EXPECT_EQ(row.verdict, "not_measured");
}

TEST(BenchMessages, TheDocumentHasTheSameAndNullForWhatIsNotVisible) {
  const document::Bench bench = bench_document(judge_bench(message_report(1500), {}));
  EXPECT_EQ(bench.workload.name, "messages");
  const document::BenchRow& ktls = bench.rows[2];
  EXPECT_FALSE(ktls.figures);
  ASSERT_TRUE(ktls.messages);
  ASSERT_EQ(ktls.messages->stages.size(), 6U);
  EXPECT_EQ(ktls.messages->stages[0].stage, "nic_to_kernel");
  EXPECT_EQ(ktls.messages->stages[0].p50_us, std::nullopt);
  EXPECT_EQ(ktls.messages->stages[1].p50_us, 1.0);
  EXPECT_EQ(ktls.messages->stages[1].count, 100U);
  EXPECT_EQ(ktls.messages->stages[3].because, "one call with receive");
  ASSERT_EQ(ktls.messages->sums.size(), 3U);
  EXPECT_EQ(ktls.messages->sums[0].sum, "kernel_to_plain_text");
  EXPECT_EQ(ktls.messages->sums[0].p50_us, 2.604);
  EXPECT_EQ(ktls.messages->sums[0].to_tls->pairs, 10U);
  EXPECT_FALSE(bench.rows[1].messages->sums[0].to_tls);
}

}  // namespace
}  // namespace tuner
