#include "bench/report_lines.h"

#include "bench/bench_reader.h"
#include "bench/load/message_transfer.h"
#include "bench/message_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using testing::bench_sample;
using testing::bench_start;
using ::testing::HasSubstr;

BenchSample full_sample() {
  BenchSample sample = bench_sample(2, 3, 12, TlsPath::Kernel);
  sample.evidence.counters = {{"TlsTxSw", 1}};
  sample.evidence.ulp = UlpInfo{"TLSv1.3", "AES-128-GCM", "sw", ""};
  sample.evidence.because = "a remark";
  sample.khz = {3'000'000, 2'900'000};
  sample.counts = {7'000'000, std::nullopt, 0, std::nullopt};
  sample.evidence.nic_counters = {{"tx_tls_ctx", 2}};
  return sample;
}

std::string lines_of_a_run() {
  BenchStart start = bench_start();
  start.limits_refused = {{BenchLimit::KernelAes, "not loaded"}};
  start.counts_refused = {{BenchCount::Instructions, "no PMU"}};
  return bench_line(start) +
         bench_line(BenchRefusal{3, {.fault = Fault::Unsupported, .text = "no", .hint = "h"}}) +
         bench_line(LimitSample{BenchLimit::KernelChacha, 1, 7, 9, 8}) + bench_line(full_sample()) +
         bench_line(BenchDone{BenchEnding::OutOfTime});
}

void expect_the_run(const BenchReport& report) {
  EXPECT_EQ(report.start.library, "OpenSSL 3.0.17");
  EXPECT_EQ(report.start.variants, bench_start().variants);
  EXPECT_EQ(report.start.cpus, (std::array{2, 3}));
  ASSERT_EQ(report.samples.size(), 1U);
  const BenchSample& sample = report.samples[0];
  EXPECT_EQ(sample.bytes, full_sample().bytes);
  EXPECT_EQ(sample.cost[1].thread_us, 490'000);
  EXPECT_TRUE(sample.evidence.path == TlsPath::Kernel);
  EXPECT_EQ(sample.evidence.counters.at("TlsTxSw"), 1);
  EXPECT_EQ(sample.evidence.ulp->txconf, "sw");
  EXPECT_EQ(sample.evidence.because, "a remark");
  EXPECT_EQ(sample.evidence.nic_counters.at("tx_tls_ctx"), 2);
  ASSERT_EQ(report.limits.size(), 1U);
  EXPECT_EQ(report.limits[0].limit, BenchLimit::KernelChacha);
  EXPECT_EQ(report.limits[0].nanoseconds, 9);
  EXPECT_EQ(report.limits[0].running_ns, 8);
  EXPECT_EQ(sample.khz, full_sample().khz);
  EXPECT_EQ(sample.counts, full_sample().counts);
  ASSERT_EQ(report.start.limits_refused.size(), 1U);
  EXPECT_EQ(report.start.limits_refused[0].because, "not loaded");
  ASSERT_EQ(report.start.counts_refused.size(), 1U);
  EXPECT_EQ(report.start.counts_refused[0].count, BenchCount::Instructions);
  ASSERT_EQ(report.refusals.size(), 1U);
  EXPECT_EQ(report.refusals[0].error.text, "no");
  EXPECT_EQ(report.ending, BenchEnding::OutOfTime);
}

TEST(ReportLines, ARunIsReadAsItWasWrittenInPartsOfAnySize) {
  const std::string text = lines_of_a_run();
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, text.size()}) {
    BenchReader reader;
    for (std::size_t at = 0; at < text.size(); at += size)
      ASSERT_TRUE(reader.take(std::string_view(text).substr(at, size)));
    EXPECT_TRUE(reader.ended());
    expect_the_run(reader.report());
  }
}

TEST(ReportLines, TheOtherHostIsReadAsItWasWritten) {
  BenchStart start = bench_start();
  EXPECT_FALSE(std::get<BenchStart>(*bench_event(bench_line(start))).wire);
  start.wire = BenchWire{.end = BenchEnd::Receiver,
                         .peer = "[2001:db8::1]:4433",
                         .peer_library = "OpenSSL 3.5",
                         .interface = "bond0",
                         .nics = {"eth0", "eth1"}};
  const auto wire = std::get<BenchStart>(*bench_event(bench_line(start))).wire;
  ASSERT_TRUE(wire);
  EXPECT_EQ(wire->end, BenchEnd::Receiver);
  EXPECT_EQ(wire->peer, "[2001:db8::1]:4433");
  EXPECT_EQ(wire->peer_library, "OpenSSL 3.5");
  EXPECT_EQ(wire->interface, "bond0");
  EXPECT_EQ(wire->nics, (std::vector<std::string>{"eth0", "eth1"}));
}

TEST(ReportLines, PointsOperationsMemoryAndFairnessSurvive) {
  BenchStart start = bench_start();
  start.workload = BenchWorkload::Connections;
  start.variants[1].point = 10'000;
  const auto read = bench_event(bench_line(start));
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<BenchStart>(*read).workload, BenchWorkload::Connections);
  EXPECT_EQ(std::get<BenchStart>(*read).variants, start.variants);
  BenchSample sample = full_sample();
  sample.operations = 77;
  sample.memory =
      ConnectionMemory{.connections = 10, .slab_bytes = 5, .buffer_bytes = {}, .user_bytes = 7};
  sample.fairness = 0.5;
  const auto event = bench_event(bench_line(sample));
  ASSERT_TRUE(event);
  const auto& same = std::get<BenchSample>(*event);
  EXPECT_EQ(same.operations, 77U);
  EXPECT_EQ(same.memory->connections, 10U);
  EXPECT_EQ(same.memory->slab_bytes, 5U);
  EXPECT_FALSE(same.memory->buffer_bytes) << "not visible is not zero";
  EXPECT_EQ(same.memory->user_bytes, 7U);
  EXPECT_EQ(same.fairness, 0.5);
}

TEST(ReportLines, ADoubtSurvivesAndMakesThePathUnknown) {
  BenchSample sample = full_sample();
  sample.evidence.path = PathFinding::unknown("which?");
  const auto event = bench_event(bench_line(sample));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<BenchSample>(*event).evidence.path.doubt(), "which?");
}

TEST(ReportLines, AnErrorEndsTheRun) {
  BenchReader reader;
  ASSERT_TRUE(reader.take(bench_line(Error{.fault = Fault::Io, .text = "broken", .hint = {}})));
  EXPECT_TRUE(reader.ended());
  EXPECT_FALSE(reader.started());
  EXPECT_EQ(reader.report().error->text, "broken");
  EXPECT_FALSE(reader.take(bench_line(BenchDone{})));
}

// Each with one lie, behind an honest start.
TEST(ReportLines, ALieIsRefusedWithItsName) {
  const auto complaint = [](const std::string& line) {
    BenchReader reader;
    EXPECT_TRUE(reader.take(bench_line(bench_start())));
    const auto taken = reader.take(line);
    return taken ? std::string("taken") : taken.error().text;
  };
  BenchSample sample = full_sample();
  sample.variant = 4;
  EXPECT_THAT(complaint(bench_line(sample)), HasSubstr("of no row or round"));
  sample = full_sample();
  sample.round = 10;
  EXPECT_THAT(complaint(bench_line(sample)), HasSubstr("of no row or round"));
  sample = full_sample();
  sample.nanoseconds = 0;
  EXPECT_THAT(complaint(bench_line(sample)), HasSubstr("of no time"));
  sample = full_sample();
  sample.memory = ConnectionMemory{};
  EXPECT_THAT(complaint(bench_line(sample)), HasSubstr("memory of no connections"));
  sample = full_sample();
  sample.fairness = 1.5;
  EXPECT_THAT(complaint(bench_line(sample)), HasSubstr("fairness"));
  EXPECT_THAT(complaint(bench_line(LimitSample{BenchLimit::AesOpen, -1, 7, 9})),
              HasSubstr("a limit of no round"));
  EXPECT_THAT(complaint(bench_line(BenchRefusal{9, {}})), HasSubstr("a refusal of no row"));
  EXPECT_THAT(complaint(bench_line(bench_start())), HasSubstr("starts twice"));
  EXPECT_THAT(complaint("{\"sample\":{}}\n"), HasSubstr("malformed"));
  EXPECT_THAT(complaint("nothing\n"), HasSubstr("malformed"));
  EXPECT_THAT(complaint("{\"done\":\"soon\"}\n"), HasSubstr("soon"));
  EXPECT_THAT(complaint(std::string(2'000'000, 'x')), HasSubstr("too long"));
  EXPECT_EQ(complaint(bench_line(full_sample())), "taken");
}

TEST(ReportLines, LatenciesAreReadAsTheyWereWritten) {
  auto samples = testing::latency_samples(30);
  LatencySample& written = samples[5];
  written.dropped = 2;
  written.arrivals += 2;
  const auto event = bench_event(bench_line(written));
  ASSERT_TRUE(event) << event.error().text;
  const auto& sample = std::get<LatencySample>(*event);
  EXPECT_EQ(sample.variant, 2U);
  EXPECT_EQ(sample.step, 1U);
  EXPECT_EQ(sample.dropped, 2U);
  EXPECT_EQ(sample.per_second, 1000);
  EXPECT_EQ(sample.latency, written.latency);
  EXPECT_EQ(sample.from_send, written.from_send);
  EXPECT_EQ(sample.lag, written.lag);
  EXPECT_TRUE(sample.evidence.path == TlsPath::Kernel);
}

// Of each measurement the percentiles, of a row and step the sum: histograms are large.
TEST(ReportLines, LatenciesAreKeptAsPercentilesAndSums) {
  const BenchReport report = testing::latency_report(30);
  BenchReader reader;
  ASSERT_TRUE(reader.take(bench_line(report.start)));
  for (const LatencySample& sample : testing::latency_samples(30))
    ASSERT_TRUE(reader.take(bench_line(sample)));
  const BenchReport& read = reader.report();
  EXPECT_EQ(read.start.workload, BenchWorkload::Latency);
  EXPECT_EQ(read.start.latency->steps, report.start.latency->steps);
  EXPECT_EQ(read.start.latency->connections, 4);
  EXPECT_EQ(read.start.latency->seed, 1U);
  ASSERT_EQ(read.latency.size(), 60U);
  EXPECT_EQ(read.latency[5].p50, 30'015);
  EXPECT_EQ(read.latency[5].p99, 60'031);
  const LatencyTotal& total = read.latency_totals.at({2, 1});
  EXPECT_EQ(total.rounds, 10U);
  EXPECT_EQ(total.arrivals, 1000U);
  EXPECT_EQ(total.latency, report.latency_totals.at({2, 1}).latency);
}

TEST(ReportLines, LatenciesThatLieAreRefused) {
  const BenchReport report = testing::latency_report(30);
  const LatencySample honest = testing::latency_samples(30)[0];
  const auto complaint = [&](auto change) {
    BenchReader reader;
    EXPECT_TRUE(reader.take(bench_line(report.start)));
    LatencySample sample = honest;
    change(sample);
    const auto taken = reader.take(bench_line(sample));
    return taken ? std::string("taken") : taken.error().text;
  };
  EXPECT_EQ(complaint([](LatencySample&) {}), "taken");
  EXPECT_THAT(complaint([](LatencySample& sample) { sample.step = 2; }), HasSubstr("no row"));
  EXPECT_THAT(complaint([](LatencySample& sample) { sample.variant = 3; }), HasSubstr("no row"));
  EXPECT_THAT(complaint([](LatencySample& sample) { sample.round = -1; }), HasSubstr("no row"));
  for (const auto& lie : std::vector<std::function<void(LatencySample&)>>{
           [](LatencySample& sample) { ++sample.arrivals; },
           [](LatencySample& sample) { sample.dropped = sample.arrivals + 1; },
           [](LatencySample& sample) { sample.lag = {}; },
           [](LatencySample& sample) { sample.from_send.record(1); },
           [](LatencySample& sample) { sample.per_second = 0; },
           [](LatencySample& sample) { sample.capacity_per_second = -1; }})
    EXPECT_THAT(complaint(lie), HasSubstr("do not add up"));
  // A start of another workload has no such rows.
  BenchReader bulk;
  EXPECT_TRUE(bulk.take(bench_line(bench_start())));
  EXPECT_FALSE(bulk.take(bench_line(honest)));
  // Buckets that there are not.
  std::string line = bench_line(honest);
  line.replace(line.find("\"lag\":["), 7, "\"lag\":[9,");
  BenchReader reader;
  EXPECT_TRUE(reader.take(bench_line(report.start)));
  EXPECT_THAT(reader.take(line).error().text, HasSubstr("a histogram is malformed"));
}

TEST(ReportLines, MessagesAreReadAsTheyWereWritten) {
  MessageSample sample = testing::message_sample(1, 2, 900);
  sample.marked.messages[0].nic = -7;
  sample.marked.messages[1].kernel.reset();
  sample.marked.messages[2].receive.reset();
  sample.marked.in_parts = 3;
  sample.marked.disordered = 4;
  sample.marked.compared = 5;
  sample.marked.leads = {6, 7};
  sample.marked.no_stamps = "why";
  sample.evidence.counters = {{"TlsRxSw", 1}};
  const auto event = bench_event(bench_line(sample));
  ASSERT_TRUE(event) << event.error().text;
  const auto& read = std::get<MessageSample>(*event);
  EXPECT_EQ(read.variant, 1U);
  EXPECT_EQ(read.round, 2);
  EXPECT_EQ(read.checked_bytes, 1024U);
  EXPECT_EQ(read.evidence.counters.at("TlsRxSw"), 1);
  EXPECT_EQ(read.marked.messages, sample.marked.messages);
  EXPECT_EQ(read.marked.origin, sample.marked.origin);
  EXPECT_EQ(read.marked.in_parts, 3U);
  EXPECT_EQ(read.marked.disordered, 4U);
  EXPECT_EQ(read.marked.compared, 5U);
  EXPECT_EQ(read.marked.leads, sample.marked.leads);
  EXPECT_EQ(read.marked.no_stamps, "why");
}

TEST(ReportLines, MessagesThatLieAreRefused) {
  const auto complaint = [](const MessageSample& sample) {
    BenchReader reader;
    EXPECT_TRUE(reader.take(bench_line(bench_start())));
    const auto taken = reader.take(bench_line(sample));
    return taken ? std::string("taken") : taken.error().text;
  };
  MessageSample sample = testing::message_sample(1, 2, 900);
  EXPECT_EQ(complaint(sample), "taken");
  sample.marked.messages[3].kernel = *sample.marked.messages[3].kernel + 5000;
  EXPECT_THAT(complaint(sample),
              HasSubstr("of a message the end of epoll_wait is 4000 ns before the kernel's stamp"));
  sample = testing::message_sample(4, 2, 900);
  EXPECT_THAT(complaint(sample), HasSubstr("messages of no row or round"));
  sample = testing::message_sample(1, 10, 900);
  EXPECT_THAT(complaint(sample), HasSubstr("messages of no row or round"));
}

// A round's report must stay below the longest line, also on a slow machine.
TEST(ReportLines, AFullRoundOfMessagesFitsALine) {
  MessageSample sample = testing::message_sample(1, 2, 900);
  MessageMarks late = sample.marked.messages.front();
  for (auto* const mark : {&late.epoll, &late.call, &late.plain, &late.parsed, &late.done})
    *mark += 100'000'000'000;
  late.receive->begin += 100'000'000'000;
  late.kernel = 100'000'000'000;
  sample.marked.messages.assign(kMostMessages, late);
  sample.marked.leads.assign(kMostMessages / 4, 10'000'000);
  BenchReader reader;
  ASSERT_TRUE(reader.take(bench_line(bench_start())));
  std::string line = bench_line(sample);
  EXPECT_LT(line.size(), 64U << 10U);
  EXPECT_TRUE(reader.take(line));
}

TEST(ReportLines, AMeasurementBeforeTheStartIsRefused) {
  BenchReader reader;
  EXPECT_FALSE(reader.take(bench_line(full_sample())));
}

}  // namespace
}  // namespace tuner
