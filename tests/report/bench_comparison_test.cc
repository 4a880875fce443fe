#include "report/bench_comparison.h"

#include "base/json_text.h"
#include "report/saved_benches.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::bench;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::saved_bench;

document::BenchComparison compared(const document::Bench& before, const document::Bench& after) {
  auto comparison = compare_benches(saved_bench(before), saved_bench(after));
  EXPECT_TRUE(comparison) << (comparison ? "" : comparison.error().text);
  return comparison ? *comparison : document::BenchComparison{};
}

TEST(BenchComparison, EachFigureHasItsRatioAndItsChange) {
  const auto comparison = compared(bench(20, 0.5), bench(30, 0.6));
  ASSERT_EQ(comparison.rows.size(), 3U);
  const document::RowChange& ktls = comparison.rows[2];
  EXPECT_EQ(row_name(ktls), "ktls TLSv1.3 AES-128-GCM");
  EXPECT_EQ(ktls.path_before, "kernel");
  ASSERT_EQ(ktls.measures.size(), 2U);
  EXPECT_NEAR(ktls.measures[0].ratio->ratio, 1.5, 0.01);
  EXPECT_EQ(ktls.measures[0].change, "better");
  EXPECT_NEAR(ktls.measures[1].ratio->ratio, 1.2, 0.01);
  EXPECT_EQ(ktls.measures[1].change, "worse");  // more CPU time
  EXPECT_EQ(comparison.rows[0].measures[0].change, "no_difference");
  EXPECT_EQ(comparison.verdict, "mixed");
  EXPECT_TRUE(comparison.environment.empty());
  EXPECT_THAT(comparison.notes[0], HasSubstr("not paired"));
}

// What tune changes most: before, the module was not loaded.
TEST(BenchComparison, ARowThatOneRunDidNotMeasureIsSaidToBe) {
  const auto comparison = compared(bench(0, 0), bench(30, 0.4));
  const document::RowChange& ktls = comparison.rows[2];
  EXPECT_FALSE(ktls.path_before);
  EXPECT_EQ(ktls.path_after, "kernel");
  EXPECT_EQ(ktls.measures[0].change, "only_after");
  EXPECT_FALSE(ktls.measures[0].before);
  EXPECT_FALSE(ktls.measures[0].ratio);
  EXPECT_EQ(ktls.because, "before: the module tls is not loaded");
  EXPECT_EQ(comparison.verdict, "no_difference");
  EXPECT_THAT(comparison.because, HasSubstr("2 measured after alone"));
}

TEST(BenchComparison, WhatDiffersInTheEnvironmentIsListed) {
  SavedDocument after = saved_bench(bench(20, 0.5));
  after.kernel = "7.3.4";
  after.bench->library = "OpenSSL 3.5.0";
  const auto comparison = compare_benches(saved_bench(bench(20, 0.5)), after);
  ASSERT_TRUE(comparison);
  ASSERT_EQ(comparison->environment.size(), 2U);
  EXPECT_EQ(comparison->environment[0].name, "kernel");
  EXPECT_EQ(comparison->environment[0].before, "6.1.0");
  EXPECT_EQ(comparison->environment[0].after, "7.3.4");
  EXPECT_EQ(comparison->environment[1].after, "OpenSSL 3.5.0");
}

TEST(BenchComparison, OtherWorkloadsAreRefused) {
  const auto refused = [](auto change) {
    document::Bench other = bench(20, 0.5);
    change(other.workload);
    const auto comparison = compare_benches(saved_bench(bench(20, 0.5)), saved_bench(other));
    return comparison ? std::string() : comparison.error().text;
  };
  EXPECT_THAT(refused([](document::BenchWorkload& work) { work.content_bytes = 1U << 30U; }),
              HasSubstr("content_bytes 8388608 and 1073741824"));
  EXPECT_THAT(refused([](document::BenchWorkload& work) { work.call_bytes = 1; }),
              HasSubstr("call_bytes"));
  EXPECT_EQ(refused([](document::BenchWorkload& work) { work.round_seconds = 1; }), "");
}

TEST(BenchComparison, LatenciesAreComparedBySizeAndLoad) {
  document::Bench after = testing::latency_bench(0.8);
  for (document::BenchRow& row : after.rows) row.latency.pop_back();  // a shorter run
  const auto comparison = compared(testing::latency_bench(1), after);
  const auto& measures = comparison.rows[2].measures;
  ASSERT_EQ(measures.size(), 4U);
  EXPECT_EQ(measures[0].measure, "p50_us/1024B/0.002");
  EXPECT_EQ(measures[0].title, "Latency p50, 1024 B at 0.2 % load");
  EXPECT_NEAR(measures[0].ratio->ratio, 0.8, 0.01);
  EXPECT_EQ(measures[0].change, "better");  // less waiting
  EXPECT_EQ(measures[2].change, "only_before");
  document::Bench other = testing::latency_bench(1);
  other.workload.latency->connections = 5;
  EXPECT_FALSE(compare_benches(saved_bench(testing::latency_bench(1)), saved_bench(other)));
  EXPECT_FALSE(
      compare_benches(saved_bench(testing::latency_bench(1)), saved_bench(bench(20, 0.5))));
}

TEST(BenchComparison, PointsOfASeriesAreComparedEachWithItsOwn) {
  const auto comparison =
      compared(testing::series_bench({0.8, 1.2}), testing::series_bench({0.8, 1.5, 1.6}));
  ASSERT_EQ(comparison.rows.size(), 9U);
  const document::RowChange& large = comparison.rows[5];
  EXPECT_EQ(row_name(large), "ktls TLSv1.3 AES-128-GCM at 256");
  EXPECT_NEAR(large.measures[0].ratio->ratio, 1.25, 0.01);
  EXPECT_EQ(comparison.rows[2].measures[0].change, "no_difference");
  EXPECT_EQ(comparison.rows[8].measures[0].change, "only_after");
  EXPECT_EQ(large.measures[1].measure, "cpu_us_per_operation");
}

TEST(BenchComparison, MessagesAreComparedByTheTimesThatAllRowsHave) {
  const auto comparison = compared(testing::messages_bench(5), testing::messages_bench(4));
  const auto& measures = comparison.rows[2].measures;
  ASSERT_EQ(measures.size(), 3U);
  EXPECT_EQ(measures[1].measure, "epoll_to_plain_text_p50_us");
  EXPECT_NEAR(measures[1].ratio->ratio, 0.8, 0.01);
  EXPECT_EQ(measures[1].change, "better");
  EXPECT_THAT(comparison.notes.back(), HasSubstr("Single stages of messages are not compared"));
}

TEST(BenchComparison, StampsOfTwoClocksAreNotCompared) {
  document::Bench sockets = testing::messages_bench(5);
  sockets.own_namespace = false;
  const auto comparison = compared(testing::messages_bench(5), sockets);
  ASSERT_EQ(comparison.rows[1].measures.size(), 1U);
  EXPECT_EQ(comparison.rows[1].measures[0].measure, "epoll_to_plain_text_p50_us");
  EXPECT_THAT(comparison.notes.back(), HasSubstr("the stamps are of a capture in one run"));
}

TEST(BenchComparison, ADocumentWithoutRoundsOfMessagesHasNoRatio) {
  document::Bench old = testing::messages_bench(5);
  for (document::BenchRow& row : old.rows) {
    for (document::BenchSum& sum : row.messages->sums) sum.p50_by_round.clear();
  }
  const auto comparison = compared(old, testing::messages_bench(4));
  EXPECT_EQ(comparison.rows[2].measures[1].change, "too_few_rounds");
  EXPECT_FALSE(comparison.rows[2].measures[1].ratio);
}

TEST(BenchComparison, OtherWorkloadsOfOneShapeAreRefused) {
  document::Bench files = testing::series_bench({1.1});
  files.workload.name = "files";
  EXPECT_FALSE(compare_benches(saved_bench(testing::series_bench({1.1})), saved_bench(files)));
  files = testing::series_bench({1.1});
  files.workload.point = "connections";
  const auto points =
      compare_benches(saved_bench(testing::series_bench({1.1})), saved_bench(files));
  ASSERT_FALSE(points);
  EXPECT_THAT(points.error().text, HasSubstr("points bytes a record and connections"));
}

TEST(BenchComparison, LoopbackAndANetworkAreRefused) {
  document::Bench wire = bench(20, 0.5);
  wire.endpoint = document::BenchEndpoint{.mode = "connect", .peer = "192.0.2.7", .nics = {}};
  const auto refused = compare_benches(saved_bench(bench(20, 0.5)), saved_bench(wire));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("before loopback, after 192.0.2.7"));
  EXPECT_TRUE(compare_benches(saved_bench(wire), saved_bench(wire)));
}

TEST(BenchComparison, ASeriesIsShownByPoint) {
  document::Body body;
  body = document::ComparedBenches{
      compared(testing::series_bench({0.8, 1.2}), testing::series_bench({0.8, 1.5}))};
  const Saved saved =
      testing::saved_at_noon({document::to_json(testing::bench_envelope("h"), body)});
  const std::string html = documents_html(saved, "0.1.0");
  EXPECT_THAT(html, HasSubstr("<svg class=\"points\""));
  EXPECT_THAT(html, HasSubstr("ktls TLSv1.3 AES-128-GCM, 256 B: 1.25 times"));
}

TEST(BenchComparison, AnEmulatedCpuVoidsIt) {
  document::Bench emulated = bench(30, 0.4);
  emulated.not_comparable.push_back({"emulated_cpu", "the CPU is emulated in software", true});
  const auto comparison = compared(bench(20, 0.5), emulated);
  EXPECT_EQ(comparison.verdict, "not_comparable");
  EXPECT_THAT(comparison.because, HasSubstr("the CPU is emulated in software"));
}

TEST(BenchComparison, AMachineThatChangedIsToldByPlain) {
  document::Bench faster = bench(20, 0.5);
  faster.rows[0] = testing::bench_row("plain", "", 60, 0.2);
  EXPECT_THAT(compared(bench(20, 0.5), faster).notes.back(),
              HasSubstr("plain TCP without TLS changed, too: 1.50 times"));
  EXPECT_EQ(compared(bench(20, 0.5), bench(30, 0.5)).notes.size(), 1U);
}

TEST(BenchComparison, FewRoundsHaveNoRatio) {
  document::Bench few = bench(30, 0.4);
  for (document::BenchRow& row : few.rows) row.figures->rounds.gbit_per_second.resize(5);
  const auto comparison = compared(bench(20, 0.5), few);
  EXPECT_EQ(comparison.rows[2].measures[0].change, "too_few_rounds");
  EXPECT_FALSE(comparison.rows[2].measures[0].ratio);
}

TEST(BenchComparison, TheDocumentIsReadBackAndShown) {
  document::Body body;
  body = document::ComparedBenches{compared(bench(20, 0.5), bench(30, 0.4))};
  const testing::Json json = document::to_json(testing::bench_envelope("h"), body);
  const Saved saved = testing::saved_at_noon({json});
  ASSERT_TRUE(saved.documents[0].comparison);
  const std::string html = documents_html(saved, "0.1.0");
  EXPECT_THAT(html, HasSubstr("<div class=\"strip good\"><b>better</b>"));
  EXPECT_THAT(html, HasSubstr("Throughput after against before"));
  EXPECT_THAT(html, HasSubstr("Nothing that was recorded differs"));
  EXPECT_THAT(documents_markdown(saved), HasSubstr("| gbit\\_per\\_second | 20.0 | 30.0 |"));
}

TEST(BenchComparison, HostileTextIsNoMarkup) {
  const std::string hostile = "</script><img src=x>\"'&|\x01";
  document::Bench lies = bench(30, 0.4);
  for (document::BenchRow& row : lies.rows) row.mode = row.because = hostile;
  lies.library = hostile;
  document::Body body;
  body = document::ComparedBenches{compared(bench(20, 0.5), lies)};
  const testing::Json json = document::to_json(testing::bench_envelope(hostile), body);
  const Saved saved = testing::saved_at_noon({parse_ordered_json(json_text(json))});
  const std::string html = documents_html(saved, "0.1.0");
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(documents_markdown(saved), Not(HasSubstr("<img")));
}

}  // namespace
}  // namespace tuner
