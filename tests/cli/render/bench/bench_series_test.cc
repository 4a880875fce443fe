#include "cli/render/bench/bench_series.h"

#include "bench/bench_reports.h"
#include "cli/render/bench/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::bench_report;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// Rows plain, tls, ktls and ktls-sendfile; each sample with 1,000 of what is counted.
BenchReport report_of(BenchWorkload workload) {
  BenchReport report = bench_report(15, 30);
  report.start.workload = workload;
  for (BenchVariant& variant : report.start.variants) variant.point = 64;
  for (BenchSample& sample : report.samples) sample.operations = 1000;
  return report;
}

BenchReport with_memory(BenchWorkload workload) {
  BenchReport report = report_of(workload);
  for (BenchSample& sample : report.samples) {
    sample.operations = 0;
    sample.memory = ConnectionMemory{
        .connections = 1000, .slab_bytes = 5'120'000, .buffer_bytes = {}, .user_bytes = 30'720'000};
  }
  return report;
}

TEST(BenchSeriesText, RecordsAreCountedASecondAndInCpuTime) {
  const std::string text = bench_text(judge_bench(report_of(BenchWorkload::SmallRecords), {}), {});
  EXPECT_THAT(text, HasSubstr("small-records over loopback: one call sends one record;"));
  EXPECT_THAT(text, ContainsRegex("bytes a record +mode +version +path +records/s +Gbit/s +CPU "
                                  "us/record +speed to tls +CPU to tls"));
  EXPECT_THAT(text, ContainsRegex("64 +ktls +TLSv1.3 +kernel +1000 +15.1 +1500.0 +0.75"));
  EXPECT_THAT(text, HasSubstr("ktls-sendfile TLSv1.3 AES-128-GCM pays off from 64 bytes a record"));
  EXPECT_THAT(text, Not(HasSubstr("one CPU can"))) << "the limits are not measured";
}

TEST(BenchSeriesText, WithoutAPointThereIsNoColumnForIt) {
  BenchReport report = report_of(BenchWorkload::Handshakes);
  for (BenchVariant& variant : report.start.variants) variant.point.reset();
  const std::string text = bench_text(judge_bench(report, {}), {});
  EXPECT_THAT(text, ContainsRegex("\nmode +version +path +connections/s"));
  EXPECT_THAT(text, ContainsRegex("\nplain +1000 "));
}

TEST(BenchSeriesText, MemoryIsThatOfAConnectionAndUnknownIsADash) {
  const std::string text = bench_text(judge_bench(with_memory(BenchWorkload::Connections), {}), {});
  EXPECT_THAT(text, ContainsRegex("64 +plain +40.2 +0.2.. +- +- +5.00 +- +30.0 +-\n"));
  EXPECT_THAT(text, HasSubstr("SUnreclaim of the whole host with 1000 connections or more"));
}

TEST(BenchSeriesText, ARowWithoutMeasurementHasItsReason) {
  BenchReport report = with_memory(BenchWorkload::Connections);
  std::erase_if(report.samples, [](const BenchSample& sample) { return sample.variant == 3; });
  report.refusals.push_back(
      {3, {.fault = Fault::Unsupported, .text = "need 20064 open files", .hint = {}}});
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}),
              ContainsRegex("ktls-sendfile +TLSv1.3 +not measured\n +need 20064 open files"));
}

TEST(BenchSeriesDocument, HasPointsFiguresAndCrossovers) {
  const document::Bench bench =
      bench_document(judge_bench(report_of(BenchWorkload::SmallRecords), {}));
  EXPECT_EQ(bench.workload.name, "small-records");
  EXPECT_EQ(bench.workload.point, "bytes a record");
  EXPECT_EQ(bench.workload.operation, "record");
  EXPECT_EQ(bench.rows[2].point, 64U);
  EXPECT_DOUBLE_EQ(bench.rows[2].figures->operations->per_second, 1000);
  EXPECT_FALSE(bench.rows[2].figures->memory);
  ASSERT_EQ(bench.crossovers.size(), 2U);
  EXPECT_EQ(bench.crossovers[0].mode, "ktls");
  EXPECT_FALSE(bench.crossovers[0].from);
  EXPECT_EQ(bench.crossovers[1].mode, "ktls-sendfile");
  EXPECT_EQ(bench.crossovers[1].from, 64U);
}

TEST(BenchSeriesDocument, HasTheMemoryOfAConnection) {
  const document::Bench bench =
      bench_document(judge_bench(with_memory(BenchWorkload::SlowReaders), {}));
  EXPECT_DOUBLE_EQ(bench.rows[0].figures->memory->slab_bytes.value(), 5120);
  EXPECT_FALSE(bench.rows[0].figures->memory->buffer_bytes);
  EXPECT_DOUBLE_EQ(bench.rows[0].figures->memory->user_bytes, 30'720);
  EXPECT_FALSE(bench.rows[0].figures->fairness);
  EXPECT_FALSE(bench.rows[0].figures->operations);
}

}  // namespace
}  // namespace tuner
