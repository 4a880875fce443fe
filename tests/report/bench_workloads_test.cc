// The pages of the workloads messages and of those that are a series. Also of documents that lie.
#include "report/bench_view.h"
#include "report/point_plot.h"
#include "report/reports.h"
#include "report/saved_benches.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <limits>
#include <string>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using testing::messages_bench;
using ::testing::Not;
using testing::series_bench;

std::string page_of(const document::Bench& bench) {
  return documents_html(testing::saved_at_noon({testing::bench_json(bench)}), "0.1.0");
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

// The visible part, without the data.
std::string shown(const document::Bench& bench) {
  const std::string html = page_of(bench);
  return html.substr(0, html.find("<script"));
}

void expect_whole(const std::string& html) {
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  EXPECT_THAT(html, Not(HasSubstr("inf%")));
  EXPECT_LT(html.size(), 500'000U);
}

TEST(StagePlots, EachStageHasItsOwnBar) {
  const std::string html = shown(messages_bench(5));
  EXPECT_THAT(html, HasSubstr("aria-label=\"decrypt: median 4.00 µs, 99th percentile 20.0 µs\""));
  EXPECT_THAT(html, HasSubstr("20.0 / 100"));
  EXPECT_THAT(html, HasSubstr("Percentiles of stages do not add up"));
  // plain, tls: five stages; ktls-receive: three; three sums of three rows.
  EXPECT_EQ(count_of(html, "99th percentile "), 3 * (5U + 5 + 3 + 9));
  EXPECT_THAT(html, Not(HasSubstr("Throughput")));
  expect_whole(html);
}

TEST(StagePlots, AStageThatIsNotVisibleIsItsReasonAndNoBar) {
  const std::string html = shown(messages_bench(5));
  EXPECT_THAT(html, HasSubstr("<span class=\"reason\">one call with receive</span>"));
  EXPECT_EQ(count_of(html, "<span class=\"reason\">not visible: loopback has no NIC</span>"), 3U);
}

TEST(StagePlots, TheSumsOfKernelTlsStandBesideUserSpace) {
  const std::string html = shown(messages_bench(3));
  EXPECT_THAT(html, HasSubstr("Time from the return of epoll_wait to plain text"));
  EXPECT_THAT(html, HasSubstr("Kernel TLS against user space: median time from epoll to plain"));
  EXPECT_THAT(html, HasSubstr("0.500 times (0.492 to 0.508)"));
  EXPECT_THAT(html, HasSubstr("had the stamp of the same packet"));
}

TEST(StagePlots, ARowThatWasNotMeasuredHasItsReason) {
  const std::string html = shown(messages_bench(0));
  EXPECT_THAT(html, HasSubstr("the module tls is not loaded"));
  EXPECT_THAT(html, Not(HasSubstr("Kernel TLS against user space")));
}

// A document may miss what it must have, and have what this release does not know.
TEST(StagePlots, DocumentsThatLie) {
  document::Bench lies = messages_bench(5);
  document::BenchMessages& messages = *lies.rows[1].messages;
  messages.stages.erase(messages.stages.begin() + 3);
  messages.stages[1].p50_us = -4;
  messages.stages[2].p99_us.reset();
  messages.stages[3] = {.stage = "teleport<b>", .p50_us = 1e300, .p99_us = 0, .because = {}};
  messages.stages[4].p50_us = 0;
  messages.sums.clear();
  lies.rows[2].messages->stages[0].because = "";
  const std::string html = shown(lies);
  EXPECT_EQ(count_of(html, "the document does not have this stage"), 2U);  // decrypt, parse
  EXPECT_EQ(count_of(html, "the document does not have this sum"), 3U);
  EXPECT_THAT(html, HasSubstr("teleport&lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("not visible; the document has no reason"));
  EXPECT_THAT(html, HasSubstr("2.00 / ?"));
  expect_whole(html);
}

TEST(StagePlots, NoStageAtAllIsNoCrash) {
  document::Bench empty = messages_bench(5);
  for (document::BenchRow& row : empty.rows) {
    row.messages->stages.clear();
    row.messages->sums.clear();
  }
  expect_whole(shown(empty));
}

TEST(StagePlots, MarkdownHasALineForEachStage) {
  const std::string text =
      documents_markdown(testing::saved_at_noon({testing::bench_json(messages_bench(5))}));
  EXPECT_THAT(text, HasSubstr("| decrypt | 500 | 4.00 | 20.0 | - |"));
  EXPECT_THAT(text, HasSubstr("| decrypt | 0 | - | - | - | one call with receive |"));
}

TEST(SeriesPlots, AWayIsALineOverThePointsWithTheCrossing) {
  const std::string html = shown(series_bench({0.8, 0.9, 1.1, 1.3, 1.5}));
  EXPECT_THAT(html, HasSubstr("From which size of a record on kernel TLS pays off"));
  EXPECT_THAT(html, HasSubstr("<span class=\"tag good\">from 1 KiB a record on</span>"));
  EXPECT_THAT(html, HasSubstr("pays off from here: ktls"));
  EXPECT_THAT(html, HasSubstr(">16 KiB</text>"));
  EXPECT_THAT(html, HasSubstr("<title>ktls TLSv1.3 AES-128-GCM, 1 KiB: 1.10 times (1.08 to 1.12)"));
  EXPECT_THAT(html, HasSubstr("CPU time of a record, µs"));
  EXPECT_EQ(count_of(html, "<svg class=\"points\""), 4U);
  // A table of paths has a row for each way, not for each of its points.
  EXPECT_EQ(count_of(html, "at 64 B, 256 B, 1 KiB, 4 KiB, 16 KiB"), 3U);
  EXPECT_THAT(html, HasSubstr("TlsTxSw +50"));
  expect_whole(html);
}

TEST(SeriesPlots, NotAtAnySizeIsSaid) {
  const std::string html = shown(series_bench({0.8, 0.9, 0.9}));
  EXPECT_THAT(html, HasSubstr("not at any size measured"));
  EXPECT_THAT(html, HasSubstr("measured at 64 B, 256 B and 1 KiB a record"));
  EXPECT_THAT(html, Not(HasSubstr("pays off from here")));
}

TEST(SeriesPlots, NotAtTheLargestIsNoCrossing) {
  const std::string html = shown(series_bench({0.8, 1.2, 0.9}));
  EXPECT_THAT(html, HasSubstr("<span class=\"tag drift\">not at the largest</span>"));
  EXPECT_THAT(html, HasSubstr("pays off at 256 B a record, but not at 1 KiB a record"));
  EXPECT_THAT(html, Not(HasSubstr("pays off from here")));
}

TEST(SeriesPlots, AModeThatFailedAtOnePointHasAGapAndItsReason) {
  document::Bench gap = series_bench({1.1, 0, 1.3});
  const std::string html = shown(gap);
  EXPECT_THAT(html, HasSubstr("<span class=\"tag bad\">gap</span> ktls TLSv1.3 AES-128-GCM was not "
                              "measured at 256 B a record: the module tls is not loaded"));
  EXPECT_THAT(html, HasSubstr("<td class=\"num\">not measured</td>"));
  // Nothing connects the points on both sides of the gap: of two figures with such a line, one has
  // two marks and no line.
  const auto figure = html.find("Kernel TLS against user space: throughput");
  const std::string plot = html.substr(figure, html.find("</figure>", figure) - figure);
  EXPECT_EQ(count_of(plot, "<svg class=\"mark\""), 3U);  // one is in the legend
  EXPECT_EQ(count_of(plot, "<line class=\"curve"), 1U);  // so is this
}

TEST(SeriesPlots, WithoutKernelTlsTheReasonStandsThereOnce) {
  const std::string html = shown(series_bench({0, 0, 0}));
  EXPECT_THAT(html, HasSubstr("<span class=\"tag wait\">not measured</span> the module tls is not "
                              "loaded</li>"));
  EXPECT_THAT(html, Not(HasSubstr("Kernel TLS against user space")));
  EXPECT_THAT(html, Not(HasSubstr("tag bad\">gap")));
  EXPECT_EQ(count_of(html, "<svg class=\"points\""), 2U);
}

TEST(SeriesPlots, OnePointAlone) {
  const std::string html = shown(series_bench({1.2}));
  EXPECT_THAT(html, HasSubstr("from 64 B a record on"));
  EXPECT_THAT(html, HasSubstr("the smallest measured"));
  expect_whole(html);
  EXPECT_THAT(shown(series_bench({0.7})), HasSubstr("not at the only size measured"));
}

TEST(SeriesPlots, DocumentsThatLie) {
  document::Bench lies = series_bench({1.1, 1.2, 1.3});
  lies.crossovers[0].from = 77;
  document::BenchCrossover empty = lies.crossovers[0];
  empty.mode = "ktls<i>";
  empty.from.reset();
  empty.points.clear();
  lies.rows[0].point = std::numeric_limits<std::uint64_t>::max();
  lies.rows[3].point = 0;
  lies.rows[4].figures->gbit_per_second = -1;
  lies.rows[5].figures->speed_to_tls = {.ratio = -5, .low = 7, .high = -1e300, .pairs = 0};
  lies.rows[6].figures->operations =
      document::BenchOperations{.per_second = 1e300, .cpu_us = 1e-300};
  lies.rows.push_back(lies.rows[8]);  // a point twice
  lies.rows.back().figures->gbit_per_second = 1e300;
  lies.workload.point = "bytes of <b>";
  const std::string html = shown(lies);
  EXPECT_EQ(count_of(html, "the document contradicts itself"), 1U);
  EXPECT_THAT(html, HasSubstr("bytes of &lt;b&gt;"));
  expect_whole(html);
  lies.crossovers[0] = empty;
  const auto read = read_document(testing::bench_json(lies).dump(), "f");
  if (read) expect_whole(shown(lies));
}

TEST(SeriesPlots, ASeriesWithoutPointsIsNone) {
  document::Bench none = series_bench({1.1, 1.2});
  for (document::BenchRow& row : none.rows) row.point.reset();
  const std::string html = shown(none);
  EXPECT_THAT(html, Not(HasSubstr("From which size")));
  expect_whole(html);
}

TEST(SeriesPlots, NothingMeasuredIsNoPlot) {
  document::Bench none = series_bench({0});
  for (document::BenchRow& row : none.rows) {
    row.figures.reset();
    row.rounds = 0;
    row.because = "no time";
  }
  const std::string html = shown(none);
  EXPECT_EQ(count_of(html, "<svg class=\"points\""), 0U);
  EXPECT_THAT(html, HasSubstr("no time"));
}

TEST(SeriesPlots, CsvAndMarkdownNameThePoint) {
  const Saved saved = testing::saved_at_noon({testing::bench_json(series_bench({1.1, 1.2}))});
  const std::string csv = documents_csv(saved);
  EXPECT_THAT(csv, HasSubstr("because,point\r\n"));
  EXPECT_THAT(csv, HasSubstr(",256\r\n"));
  EXPECT_THAT(documents_markdown(saved), HasSubstr("| ktls TLSv1.3 AES-128-GCM at 256 |"));
}

TEST(ConnectionsTable, WhatIsNotVisibleIsSaid) {
  document::Bench many = series_bench({1.1});
  many.workload.name = "connections";
  many.workload.point = "connections";
  many.rows[1].figures->memory = {.slab_bytes = {}, .buffer_bytes = 2048, .user_bytes = 512};
  const std::string html = shown(many);
  EXPECT_THAT(html, HasSubstr("What one open connection holds"));
  EXPECT_THAT(html, HasSubstr("<td class=\"num\">not visible</td><td class=\"num\">2.00</td>"));
  EXPECT_THAT(html, HasSubstr("not told"));
}

// Points that do not grow by powers, and one of 0, stand on a linear axis.
TEST(PointPlot, TheAxisIsLogarithmicOnlyWherePointsGrowByPowers) {
  const auto place = [](std::vector<std::uint64_t> at) {
    PointPlot plot{.title = "t", .legend = {}, .unit = "u", .at = at, .axis = "a"};
    for (const std::uint64_t point : at) plot.names.push_back(fmt::format("p{}", point));
    plot.lines.push_back({.name = "n", .of_class = "kernel", .points = {}});
    for (const std::uint64_t point : at)
      plot.lines[0].points.push_back({.at = point, .value = 2, .of_class = "kernel"});
    const std::string html = point_figure(plot).html;
    const auto text = html.find(fmt::format(">p{}</text>", at[1]));
    const auto x = html.rfind("x=\"", text);
    return std::stod(html.substr(x + 3));
  };
  EXPECT_NEAR(place({0, 8, 16}), 55, 0.1);       // half of the way from 15 to 95 %
  EXPECT_NEAR(place({10, 100, 1000}), 55, 0.1);  // a third of the powers would be 21 %
  EXPECT_LT(place({10, 11, 1000}), 17);
}

TEST(PointPlot, WithoutALineItIsEmpty) {
  EXPECT_EQ(point_figure({}).html, "");
  PointPlot lies{.title = "t", .at = {1}, .names = {"1"}};
  lies.lines.push_back({.name = "n", .points = {{.at = 1, .value = -1}}});
  EXPECT_EQ(point_figure(lies).html, "");
}

}  // namespace
}  // namespace tuner
