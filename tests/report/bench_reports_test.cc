// Reports of a saved benchmark: page, Markdown, CSV. Also of documents that lie.
#include "base/json_text.h"
#include "report/bench_view.h"
#include "report/reports.h"
#include "report/saved_benches.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using testing::bench;
using testing::bench_json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::Json;
using ::testing::Not;
using testing::saved_at_noon;

constexpr const char* kHostile = "</script><img src=x onerror=alert(1)>\"'&|\x01\xE2\x80\xAE";

std::string page_of(const Json& json) {
  return documents_html(saved_at_noon({json}), "0.1.0");
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

TEST(BenchPage, HasTheVerdictThePathsAndTheirProof) {
  const std::string html = page_of(bench_json(bench(30, 0.4)));
  EXPECT_THAT(html, HasSubstr("<div class=\"strip good\"><b>pays off</b>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"nowrap\">kernel</td><td class=\"nowrap\"><span "
                              "class=\"tag good\">kernel</span></td><td class=\"why\">TlsTxSw +10; "
                              "socket: 1.3 aes-gcm-128, transmit sw, receive none</td>"));
  EXPECT_THAT(html, HasSubstr("Throughput, Gbit/s"));
  EXPECT_THAT(html, HasSubstr("CPU time, s/GB"));
  EXPECT_THAT(html, HasSubstr("class=\"whisker\""));
  EXPECT_THAT(html, HasSubstr("class=\"bound\""));
  EXPECT_THAT(html, HasSubstr("loopback shows nothing of a NIC"));
  EXPECT_THAT(html, HasSubstr("OpenSSL 3.0.17"));
  EXPECT_LT(html.size(), 500'000U);
}

TEST(BenchPage, TheGuidesPromiseStandsBesideWhatWasMeasured) {
  const std::string html = page_of(bench_json(bench(30, 0.4)));
  EXPECT_THAT(html, HasSubstr("22 % less"));
  EXPECT_THAT(html, HasSubstr("ktls TLSv1.3 AES-128-GCM: 20 % less (0.769 to 0.833 times)"));
  EXPECT_EQ(count_of(html, "not measured by this run"), 2U);  // the latencies
}

TEST(BenchPage, APathThatWasNotTakenIsNotGreen) {
  document::Bench fell_back = bench(30, 0.4);
  fell_back.rows[2].path = "userspace";
  fell_back.rows[2].because = "OpenSSL was built without kTLS";
  const std::string html = page_of(bench_json(fell_back));
  EXPECT_THAT(html, HasSubstr("<span class=\"tag drift\">userspace</span>"));
  EXPECT_THAT(html, HasSubstr("OpenSSL was built without kTLS"));
  // Its ratios are those of user space to itself, and say nothing of kernel TLS.
  EXPECT_THAT(html, Not(HasSubstr("Kernel TLS against user space")));
  EXPECT_EQ(count_of(html, "not measured by this run"), 3U);
  fell_back.rows[2].path = "unknown";
  EXPECT_THAT(page_of(bench_json(fell_back)), HasSubstr("<span class=\"tag bad\">unknown</span>"));
}

TEST(BenchPage, ARowWithoutMeasurementHasNoFigureAndItsReason) {
  const std::string html = page_of(bench_json(bench(0, 0)));
  EXPECT_THAT(html, HasSubstr("<span class=\"tag wait\">not measured</span>"));
  EXPECT_THAT(html, HasSubstr("the module tls is not loaded"));
  EXPECT_THAT(html, Not(HasSubstr("Kernel TLS against user space")));
}

TEST(BenchPage, WithFewerRoundsThanAnIntervalNeedsThereIsNoWhisker) {
  document::Bench few = bench(30, 0.4);
  for (document::BenchRow& row : few.rows) {
    row.figures->rounds.gbit_per_second.resize(3);
    row.figures->rounds.cpu_seconds_per_gb.resize(3);
    row.figures->speed_to_tls.reset();
    row.figures->cpu_to_tls.reset();
  }
  EXPECT_THAT(page_of(bench_json(few)), Not(HasSubstr("class=\"whisker\"")));
}

TEST(BenchPage, AnHourOfRoundsFits) {
  document::Bench hour = bench(30, 0.4);
  for (document::BenchRow& row : hour.rows) {
    row.figures->rounds.gbit_per_second.assign(900, 20.123456789012345);
    row.figures->rounds.cpu_seconds_per_gb.assign(900, 0.123456789012345);
  }
  EXPECT_LT(page_of(bench_json(hour)).size(), 500'000U);
}

Json hostile() {
  document::Bench lies = bench(30, 0.4);
  lies.library = lies.verdict = lies.because = lies.ending = lies.workload.name = kHostile;
  lies.not_comparable[0] = {kHostile, kHostile, true};
  document::BenchRow& row = lies.rows[2];
  row.mode = row.because = kHostile;
  row.version = row.cipher = row.path = row.verdict = kHostile;
  row.counters = {{kHostile, -1}};
  row.ulp = document::Ulp{kHostile, kHostile, kHostile, kHostile};
  return bench_json(lies, kHostile);
}

TEST(BenchReports, HostileTextIsNoMarkup) {
  const std::string html = page_of(hostile());
  EXPECT_EQ(count_of(html, "<script"), 1U);
  EXPECT_EQ(count_of(html, "<img"), 0U);
  EXPECT_THAT(html, HasSubstr("&lt;img src=x onerror=alert(1)&gt;"));
  EXPECT_EQ(count_of(html, " style="), 0U);
  const std::string markdown = documents_markdown(saved_at_noon({hostile()}));
  EXPECT_THAT(markdown, Not(HasSubstr("<img")));
  EXPECT_THAT(markdown, Not(HasSubstr("\x01")));
}

TEST(BenchReports, FiguresThatCannotBeAreShownAndBreakNothing) {
  document::Bench lies = bench(30, 0.4);
  lies.rows[0].figures->gbit_per_second = -1;
  lies.rows[1].figures->gbit_per_second = 1e300;
  lies.rows[2].figures->speed_to_tls = {.ratio = -5, .low = 7, .high = -1e300, .pairs = 0};
  const std::string html = page_of(bench_json(lies));
  EXPECT_THAT(html, Not(HasSubstr("nan%")));
  EXPECT_THAT(html, Not(HasSubstr("inf%")));
}

TEST(BenchReports, MoreRoundsThanARunCanHaveAreDamage) {
  document::Bench lies = bench(30, 0.4);
  lies.rows[0].figures->rounds.gbit_per_second.assign(3601, 1);
  const auto read = read_document(bench_json(lies).dump(), "f");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text, HasSubstr("more rounds than a run can have"));
}

TEST(BenchReports, ADocumentThatWasCutIsRefused) {
  const std::string whole = bench_json(bench(30, 0.4)).dump();
  for (const std::size_t part : {std::size_t{0}, whole.size() / 3, whole.size() - 1})
    EXPECT_FALSE(read_document(whole.substr(0, part), "f")) << part;
  Json without = bench_json(bench(30, 0.4));
  without["rows"][1].erase("mode");
  const auto read = read_document(json_text(without), "f");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text, HasSubstr("is damaged: rows[1].mode: is missing"));
}

TEST(BenchReports, CsvHasALineForEachFigure) {
  const std::string csv = documents_csv(saved_at_noon({bench_json(bench(0, 0))}));
  EXPECT_EQ(count_of(csv, "\r\n"), 1U + 2 * 2 + 1);
  EXPECT_THAT(csv, HasSubstr("h,6.1.0,OpenSSL 3.0.17,2026-11-24T11:59:00Z,bulk,plain,,,,,10,"
                             "gbit_per_second,Gbit/s,40,40,40.12,,\r\n"));
  EXPECT_THAT(csv,
              HasSubstr("ktls,TLSv1.3,AES-128-GCM,kernel,,0,,,,,,the module tls is not loaded"));
}

TEST(BenchReports, CsvQuotesWhatItMust) {
  document::Bench quoted = bench(0, 0);
  quoted.rows[2].because = "a, \"b\"\nc";
  quoted.library = "=cmd|' /C calc'!A0";
  const std::string csv = documents_csv(saved_at_noon({bench_json(quoted)}));
  EXPECT_THAT(csv, HasSubstr(",\"a, \"\"b\"\" c\",\r\n"));
  EXPECT_THAT(csv, HasSubstr(",'=cmd|"));
}

TEST(BenchReports, MarkdownHasTheSameTable) {
  const std::string text = documents_markdown(saved_at_noon({bench_json(bench(30, 0.4))}));
  EXPECT_THAT(text,
              HasSubstr("| ktls TLSv1.3 AES-128-GCM | kernel | kernel | 30.0 (30.0 to 30.1) |"));
  EXPECT_THAT(text, HasSubstr("1.50 times (1.46 to 1.54)"));
}

TEST(BenchReports, LatenciesHaveACurveForEachRowOfASizeAndLoad) {
  const std::string html = page_of(bench_json(testing::latency_bench(0.9)));
  EXPECT_THAT(html, HasSubstr("Latency, 1024 B at 0.2 % load"));
  EXPECT_THAT(html, HasSubstr("Latency, 1024 B at 50 % load"));
  EXPECT_EQ(count_of(html, "<svg class=\"curves\""), 2U);
  EXPECT_THAT(html, HasSubstr("ktls TLSv1.3 AES-128-GCM (limited by the generator): 50 % 18.0 µs"));
  EXPECT_THAT(html, HasSubstr("Kernel TLS against user space: latency at the 99th percentile"));
  EXPECT_THAT(html, HasSubstr("ktls TLSv1.3 AES-128-GCM: 10 % less (0.882 to 0.918 times)"));
  EXPECT_EQ(count_of(html, "not measured by this run"), 1U);  // the CPU time
  EXPECT_THAT(html, HasSubstr("requests of 64 B on 4 connections"));
  EXPECT_THAT(html, Not(HasSubstr("Throughput")));
}

TEST(BenchReports, LatenciesAreALineForEachSizeAndLoad) {
  const Saved saved = saved_at_noon({bench_json(testing::latency_bench(0.9))});
  const std::string text = documents_markdown(saved);
  EXPECT_THAT(text, HasSubstr("| kernel | kernel | 1024 B at 0.2 % load | 18.0 | 54.0 | 162 | - | "
                              "0.900 times (0.882 to 0.918) |"));
  EXPECT_THAT(text, HasSubstr("limited by the generator; counters: TlsTxSw +10"));
  const std::string csv = documents_csv(saved);
  EXPECT_THAT(csv, HasSubstr(",latency,tls,"));
  EXPECT_THAT(csv, HasSubstr(",p99_us/1024B/0.002,us,54,"));
}

// A fleet's folder of reports holds benchmarks, too: they say nothing of its settings.
TEST(BenchReports, AFleetPassesOverThem) {
  FleetBuilder builder;
  builder.add(
      testing::saved(testing::check_json("h", 0, {testing::step_json("sysctl", "a", "in_sync")})));
  builder.add(testing::saved_bench(bench(30, 0.4)));
  const Fleet fleet = builder.finish(testing::kNoon, std::chrono::hours(3));
  ASSERT_EQ(fleet.hosts.size(), 1U);
  EXPECT_EQ(fleet.hosts[0].state, "in sync");
}

}  // namespace
}  // namespace tuner
