#include "bench/series.h"

#include "bench/bench_reports.h"
#include "bench/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::bench_sample;
using testing::bench_start;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr BenchVariant kTls{
    .mode = BenchMode::Tls, .version = TlsVersion::Tls13, .cipher = TlsCipher::Aes128Gcm};
constexpr BenchVariant kKtls{
    .mode = BenchMode::Ktls, .version = TlsVersion::Tls13, .cipher = TlsCipher::Aes128Gcm};

// Ten rounds of tls and ktls at 64, 256 and 1024 bytes a record, tls always with 2 Gbit/s.
BenchReport records(std::array<double, 3> ktls) {
  BenchReport report{.start = bench_start(),
                     .samples = {},
                     .limits = {},
                     .refusals = {},
                     .ending = BenchEnding::Complete,
                     .error = {}};
  report.start.workload = BenchWorkload::SmallRecords;
  report.start.variants = at_each_point({kTls, kKtls}, {64, 256, 1024});
  for (int round = 0; round < report.start.rounds; ++round) {
    for (std::size_t point = 0; point < ktls.size(); ++point) {
      report.samples.push_back(bench_sample(2 * point, round, 2, TlsPath::Userspace));
      report.samples.push_back(bench_sample(2 * point + 1, round, ktls[point], TlsPath::Kernel));
    }
  }
  for (BenchSample& sample : report.samples)
    sample.operations = sample.bytes / report.start.variants[sample.variant].point.value();
  return report;
}

std::string words_of(std::array<double, 3> ktls) {
  return judge_bench(records(ktls), {}).because;
}

TEST(Series, RowsGoPointByPoint) {
  const auto rows = at_each_point({kTls, kKtls}, {64, 256});
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(variant_name(rows[0]), "tls TLSv1.3 AES-128-GCM at 64");
  EXPECT_EQ(variant_name(rows[1]), "ktls TLSv1.3 AES-128-GCM at 64");
  EXPECT_EQ(variant_name(rows[3]), "ktls TLSv1.3 AES-128-GCM at 256");
}

// A row is compared with the row of its own point alone.
TEST(Series, APointIsComparedWithItself) {
  const BenchResult result = judge_bench(records({1, 2, 4}), {});
  EXPECT_NEAR(result.rows[1].speed_to_tls->ratio, 0.5, 1e-6);
  EXPECT_NEAR(result.rows[3].speed_to_tls->ratio, 1, 1e-6);
  EXPECT_NEAR(result.rows[5].speed_to_tls->ratio, 2, 1e-6);
}

// 2 Gbit/s are 250 MB in a second; the two CPUs were busy for 1.5 s of it.
TEST(Series, OperationsAreCountedASecondAndInCpuTime) {
  const BenchRow row = judge_bench(records({2, 2, 2}), {}).rows[0];
  EXPECT_NEAR(row.operations->per_second, 250e6 / 64, 1);
  EXPECT_NEAR(row.operations->cpu_us, 1.5e6 / (250e6 / 64), 1e-6);
  BenchReport bytes = records({2, 2, 2});
  for (BenchSample& sample : bytes.samples) sample.operations = 0;
  EXPECT_FALSE(judge_bench(bytes, {}).rows[0].operations);
}

// Slabs that earlier connections left half empty hide growth, so the largest counts; and with few
// connections the kernel's counters show other programs.
TEST(Series, MemoryIsThatOfOneConnection) {
  BenchReport report = records({2, 2, 2});
  for (BenchSample& sample : report.samples) {
    const std::uint64_t connections = sample.variant < 2 ? 1000 : 100;
    sample.memory = ConnectionMemory{.connections = connections,
                                     .slab_bytes = connections * (sample.round == 3 ? 5000 : 100),
                                     .buffer_bytes = {},
                                     .user_bytes = connections * 30'000};
    sample.fairness = sample.round == 0 ? 0.1 : 0.9;
  }
  const BenchResult result = judge_bench(report, {});
  EXPECT_DOUBLE_EQ(result.rows[0].memory->slab.value(), 5000);
  EXPECT_FALSE(result.rows[0].memory->buffers);
  EXPECT_DOUBLE_EQ(result.rows[0].memory->user, 30'000);
  EXPECT_DOUBLE_EQ(*result.rows[0].fairness, 0.9);
  EXPECT_FALSE(result.rows[4].memory->slab);
  EXPECT_FALSE(judge_bench(records({2, 2, 2}), {}).rows[0].memory);
}

// Of connections a second, not of bytes.
TEST(Series, TheSentenceNamesWhatIsCounted) {
  BenchReport report = testing::bench_report(18, 18);
  report.start.workload = BenchWorkload::Handshakes;
  for (BenchSample& sample : report.samples) sample.operations = 10;
  EXPECT_THAT(judge_bench(report, {}).because,
              HasSubstr("0.90 times (0.90 to 0.90) the connections a second of user space and 1.11 "
                        "times (1.11 to 1.11) its CPU time a connection"));
}

TEST(Series, FromWhichPointOnItPaysOff) {
  const auto crossovers = crossovers_of(judge_bench(records({1, 3, 3}), {}));
  ASSERT_EQ(crossovers.size(), 1U);
  EXPECT_EQ(crossovers[0].variant, kKtls);
  EXPECT_THAT(crossovers[0].points, ElementsAre(64, 256, 1024));
  EXPECT_THAT(crossovers[0].pays_off_at, ElementsAre(256, 1024));
  EXPECT_EQ(crossovers[0].from, 256U);
  EXPECT_THAT(words_of({1, 3, 3}), HasSubstr("depends on how it is used: ktls TLSv1.3 AES-128-GCM "
                                             "pays off from 256 bytes a record on"));
}

TEST(Series, TheSentenceSaysNotAtAllOrEverywhere) {
  EXPECT_THAT(words_of({1, 2, 2}), HasSubstr("does not pay off from 64 to 1024 bytes a record"));
  EXPECT_THAT(words_of({3, 3, 3}),
              HasSubstr("pays off from 64 bytes a record on, the smallest measured"));
  EXPECT_THAT(words_of({3, 2, 1}), HasSubstr("pays off at 64 bytes a record, but not at 1024"));
}

// It pays off again behind a point at which it does not: from there on.
TEST(Series, APointBetweenCounts) {
  EXPECT_EQ(crossovers_of(judge_bench(records({3, 1, 3}), {}))[0].from, 1024U);
}

// A point that fell back is none.
TEST(Series, APointWithoutVerdictIsLeftOut) {
  BenchReport report = records({3, 3, 3});
  for (BenchSample& sample : report.samples) {
    if (sample.variant == 5) sample.evidence.path = TlsPath::Userspace;
  }
  const auto crossovers = crossovers_of(judge_bench(report, {}));
  EXPECT_THAT(crossovers[0].points, ElementsAre(64, 256));
}

TEST(Series, WithoutComparableRatiosThereIsNoCrossover) {
  EXPECT_THAT(crossovers_of(judge_bench(records({3, 3, 3}), {.emulated = true})), IsEmpty());
  EXPECT_THAT(crossovers_of(judge_bench(testing::bench_report(30, 30), {})), IsEmpty());
}

}  // namespace
}  // namespace tuner
