#include "cli/render/bench/bench.h"

#include "bench/bench_reports.h"
#include "cli/render/bench/bench_latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::bench_report;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// ktls-sendfile fell back to nothing: OpenSSL had no kernel TLS for it.
BenchResult one_refused() {
  BenchReport report = bench_report(15, 30);
  std::erase_if(report.samples, [](const BenchSample& sample) { return sample.variant == 3; });
  report.refusals.push_back(
      {3, {.fault = Fault::Unsupported, .text = "SSL_sendfile() needs kernel TLS", .hint = {}}});
  return judge_bench(report, {.hypervisor = true});
}

TEST(BenchText, ARowHasItsPathItsFiguresAndTheProof) {
  const std::string text = bench_text(one_refused(), {});
  EXPECT_THAT(text, ContainsRegex("ktls +TLSv1.3 +kernel +15.1 +75 % +0.796"));
  EXPECT_THAT(text, HasSubstr("0.75 (0.75-0.75)"));
  EXPECT_THAT(text, HasSubstr("counters: TlsTxSw +10"));
  EXPECT_THAT(text, HasSubstr("kernel TLS costs here for this workload: ktls TLSv1.3"));
}

TEST(BenchText, ARowWithoutMeasurementHasItsReasonAndNoFigure) {
  const std::string text = bench_text(one_refused(), {});
  EXPECT_THAT(text,
              ContainsRegex("ktls-sendfile +TLSv1.3 +not measured\n +SSL_sendfile\\(\\) needs"));
}

TEST(BenchText, TheThreadsAreShownOnlyIfTheySayOtherwise) {
  BenchReport report = bench_report(20, 20);
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}), Not(HasSubstr("threads")));
  for (BenchSample& sample : report.samples) sample.cost[0].thread_us = 500'000;
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}), HasSubstr("(threads 0."));
}

TEST(BenchText, AnEndBeforeTheLastRoundIsSaid) {
  BenchReport report = bench_report(20, 20);
  report.ending = BenchEnding::Interrupted;
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}),
              HasSubstr("10 of 10 rounds of 0.10 s a row: interrupted"));
}

TEST(BenchText, LatenciesHaveATableForEachSizeAndLoad) {
  auto samples = testing::latency_samples(30);
  for (LatencySample& sample : samples) {
    if (sample.step == 1) sample.lag.record(60'000, 5);
    if (sample.step == 1) ++sample.dropped;
  }
  const std::string text = bench_text(judge_bench(testing::latency_report(samples), {}), {});
  EXPECT_THAT(text,
              HasSubstr("latency over loopback: requests of 64 bytes on 4 connections at times "
                        "that were fixed beforehand (seed 1)"));
  EXPECT_THAT(text,
              HasSubstr("responses of 1024 bytes at 10 % of the least capacity, 1000 requests "
                        "a second:\n"));
  EXPECT_THAT(text,
              ContainsRegex("ktls +TLSv1.3 +kernel +30.[23] +30.5 +60.[0-9] +61.[01] +61.[01] "
                            "+30.9 +0.75 "));
  EXPECT_THAT(text,
              HasSubstr("limited by the generator: 1 of 100 requests was sent more than 60.0"));
  EXPECT_THAT(text, HasSubstr("10 of 1000 requests were dropped: 1024 were under way"));
  EXPECT_THAT(text, HasSubstr("counters: TlsTxSw +80"));
  EXPECT_THAT(text, Not(HasSubstr("Gbit/s")));
}

TEST(BenchText, ARowThatHasNoLatencyHasItsReasonOnce) {
  auto samples = testing::latency_samples(30);
  std::erase_if(samples, [](const LatencySample& sample) { return sample.variant == 2; });
  BenchReport report = testing::latency_report(samples);
  report.refusals.push_back(
      {2, {.fault = Fault::Unsupported, .text = "tls is not loaded", .hint = {}}});
  const std::string text = bench_text(judge_bench(report, {}), {});
  EXPECT_THAT(text, ContainsRegex("ktls +TLSv1.3 +not measured\n +tls is not loaded"));
  const std::string note = "\n      tls is not loaded";
  EXPECT_NE(text.find(note), std::string::npos);
  EXPECT_EQ(text.find(note), text.rfind(note));
}

TEST(BenchText, TheFileOfACurveIsNamedByItsRow) {
  EXPECT_EQ(hgrm_name(testing::bench_start().variants[2], {.response_bytes = 64, .load = 500}),
            "ktls-TLSv1.3-AES-128-GCM-64-bytes-50-percent.hgrm");
  EXPECT_EQ(hgrm_name({.mode = BenchMode::Plain}, {.response_bytes = 1024, .load = 100}),
            "plain-1024-bytes-10-percent.hgrm");
}

TEST(BenchDocument, LatenciesAreInMicrosecondsWithTheirCurve) {
  const document::Bench bench = bench_document(judge_bench(testing::latency_report(30), {}));
  EXPECT_EQ(bench.workload.name, "latency");
  EXPECT_FALSE(bench.workload.content_bytes);
  EXPECT_EQ(bench.workload.latency->seed, 1U);
  const document::BenchRow& ktls = bench.rows[2];
  EXPECT_FALSE(ktls.figures);
  ASSERT_EQ(ktls.latency.size(), 2U);
  const document::BenchLatency& latency = ktls.latency[0];
  EXPECT_EQ(latency.response_bytes, 1024U);
  EXPECT_NEAR(latency.load, 0.1, 1e-9);
  EXPECT_EQ(latency.requests, 1000U);
  EXPECT_NEAR(*latency.latency.p50, 30.27, 0.1);
  EXPECT_NEAR(*latency.latency.p99, 60.1, 0.5);
  EXPECT_TRUE(latency.latency.p99_9);
  EXPECT_NEAR(*latency.lag.p99, 0.1, 1e-3);
  EXPECT_NEAR(latency.p50_to_tls->ratio, 0.75, 0.002);
  EXPECT_NEAR(ktls.p50_to_tls->ratio, 0.75, 0.002);
  ASSERT_FALSE(latency.curve.empty());
  EXPECT_EQ(latency.curve.back().count, 1000U);
  EXPECT_EQ(latency.curve.back().microseconds, latency.latency.max);
  EXPECT_TRUE(bench_document(one_refused()).rows[0].latency.empty());
}

TEST(BenchText, RowsOfSeveralCiphersNameThem) {
  BenchReport report = bench_report(20, 20);
  EXPECT_THAT(bench_text(judge_bench(report, {}), {}),
              Not(ContainsRegex("TLSv1.3 AES-128-GCM +ker")));
  report.start.variants[3].cipher = TlsCipher::Chacha20Poly1305;
  const std::string text = bench_text(judge_bench(report, {}), {});
  EXPECT_THAT(text, ContainsRegex("TLSv1.3 AES-128-GCM +kernel"));
  EXPECT_THAT(text, ContainsRegex("TLSv1.3 CHACHA20-POLY1305 +kernel"));
  EXPECT_THAT(text, HasSubstr("seal CHACHA20-POLY1305 - Gbit/s"));
}

TEST(BenchText, WhatIsNotMeasuredOrCountedHasItsReasonOnce) {
  BenchReport report = bench_report(20, 20);
  report.start.limits_refused = {{BenchLimit::KernelAes, "algif_aead is not loaded"}};
  report.start.counts_refused = {{BenchCount::Cycles, "no PMU"},
                                 {BenchCount::Instructions, "no PMU"}};
  for (BenchSample& sample : report.samples) {
    sample.counts[2] = sample.bytes / 1024;
    sample.counts[3] = 1;
  }
  const std::string text = bench_text(judge_bench(report, {}), {});
  EXPECT_THAT(text, HasSubstr("not measured: kernel-aes-128-gcm-seal: algif_aead is not loaded"));
  EXPECT_THAT(text, HasSubstr("not counted: cycles, instructions: no PMU"));
  EXPECT_THAT(text, HasSubstr("per KiB: 1.00 cache-misses"));
  EXPECT_THAT(text, Not(HasSubstr("context-switches")));
}

TEST(BenchDocument, LimitsAndCountsHaveTheirFigureOrTheirReason) {
  BenchReport report = bench_report(20, 20);
  report.start.limits_refused = {{BenchLimit::KernelAes, "algif_aead is not loaded"}};
  report.start.counts_refused = {{BenchCount::Cycles, "no PMU"}};
  report.limits.push_back({BenchLimit::Aes256Open, 0, 1'250'000'000, 1'000'000'000, 500'000'000});
  const document::Bench bench = bench_document(judge_bench(report, {}));
  EXPECT_NEAR(bench.limits.aes_128_gcm_seal.value(), 40, 1e-9);
  EXPECT_NEAR(bench.limits.aes_256_gcm_open.value(), 10, 1e-9);
  EXPECT_FALSE(bench.limits.kernel_aes_128_gcm_seal);
  ASSERT_EQ(bench.limits.refused.size(), 1U);
  EXPECT_EQ(bench.limits.refused[0].limit, "kernel-aes-128-gcm-seal");
  ASSERT_EQ(bench.uncounted.size(), 1U);
  EXPECT_EQ(bench.uncounted[0].because, "no PMU");
  EXPECT_NEAR(bench.receiver.load_during_run.value(), 0.5, 1e-9);
  EXPECT_NEAR(bench.sender.load_during_run.value(), 0, 1e-9);
  // 1.5 s of CPU time for 2.5 GB
  EXPECT_NEAR(bench.rows[1].figures->cpu_seconds_per_gb.percent_per_gbit, 7.5, 0.05);
}

TEST(BenchDocument, HasEachRowWithItsFiguresOrItsReason) {
  const document::Bench bench = bench_document(one_refused());
  ASSERT_EQ(bench.rows.size(), 4U);
  const document::BenchRow& ktls = bench.rows[2];
  EXPECT_EQ(ktls.mode, "ktls");
  EXPECT_EQ(ktls.version, "TLSv1.3");
  EXPECT_EQ(ktls.path, "kernel");
  EXPECT_EQ(ktls.verdict, "costs");
  ASSERT_TRUE(ktls.figures);
  EXPECT_NEAR(ktls.figures->speed_to_tls->ratio, 0.75, 1e-6);
  EXPECT_EQ(ktls.figures->speed_to_tls->pairs, 10U);
  EXPECT_NEAR(ktls.figures->cpu_seconds_per_gb.total, 1.5 / 1.875, 0.01);
  EXPECT_EQ(ktls.figures->rounds.gbit_per_second.size(), 10U);
  EXPECT_NEAR(ktls.figures->rounds.gbit_per_second[9], 15 * 1.009, 1e-6);
  EXPECT_EQ(ktls.figures->rounds.cpu_seconds_per_gb.size(), 10U);
  const document::BenchRow& refused = bench.rows[3];
  EXPECT_FALSE(refused.figures);
  EXPECT_FALSE(refused.path);
  EXPECT_EQ(refused.because, "SSL_sendfile() needs kernel TLS");
  EXPECT_EQ(refused.verdict, "not_measured");
  EXPECT_FALSE(bench.rows[0].version);
  EXPECT_FALSE(bench.rows[0].path);
  EXPECT_FALSE(bench.rows[1].verdict);
  EXPECT_EQ(bench.not_comparable[0].reason, "virtual_machine");
  EXPECT_EQ(bench.verdict, "costs");
  EXPECT_EQ(bench.ending, "complete");
  EXPECT_EQ(bench.sender.cpu, 2);
}

TEST(BenchDocument, ADoubtIsTheReasonOfAnUnknownPath) {
  BenchReport report = bench_report(20, 20);
  report.samples[2].evidence.path = PathFinding::unknown("the counters disagree");
  const document::BenchRow row = bench_document(judge_bench(report, {})).rows[2];
  EXPECT_EQ(row.path, "unknown");
  EXPECT_EQ(row.because, "the counters disagree");
}

BenchResult between_two_hosts(BenchEnd end) {
  BenchReport report = bench_report(30, 30, TlsPath::Device);
  report.start.wire = BenchWire{.end = end,
                                .peer = "192.0.2.2:4433",
                                .peer_library = "OpenSSL 3.5",
                                .interface = "bond0",
                                .nics = {"eth0"}};
  for (BenchSample& sample : report.samples)
    if (sample.variant == 2) sample.evidence.nic_counters = {{"tx_tls_ctx", 1}};
  return judge_bench(report, {});
}

TEST(BenchText, BetweenTwoHostsItSaysFromWhereToWhereAndWhatTheDriverCounted) {
  const std::string text = bench_text(between_two_hosts(BenchEnd::Sender), {});
  EXPECT_THAT(text, HasSubstr("bulk to 192.0.2.2:4433, sent by bond0: 8 MiB"));
  EXPECT_THAT(text, HasSubstr("sender on CPU 2, receiver on CPU 3 of 192.0.2.2:4433"));
  EXPECT_THAT(text, ContainsRegex("ktls +TLSv1.3 +device"));
  EXPECT_THAT(text, HasSubstr("by the NIC's driver: tx_tls_ctx +10"));
  EXPECT_THAT(text, Not(HasSubstr("loopback")));
  EXPECT_THAT(bench_text(between_two_hosts(BenchEnd::Receiver), {}),
              HasSubstr("bulk from 192.0.2.2:4433"));
}

TEST(BenchDocument, BetweenTwoHostsItHasTheOtherEndAndTheNics) {
  const document::Bench bench = bench_document(between_two_hosts(BenchEnd::Sender));
  ASSERT_TRUE(bench.endpoint);
  EXPECT_EQ(bench.endpoint->mode, "connect");
  EXPECT_EQ(bench.endpoint->peer, "192.0.2.2:4433");
  EXPECT_EQ(bench.endpoint->peer_library, "OpenSSL 3.5");
  EXPECT_EQ(bench.endpoint->interface, "bond0");
  EXPECT_EQ(bench.endpoint->nics, std::vector<std::string>{"eth0"});
  EXPECT_EQ(bench.rows[2].driver_counters.at("tx_tls_ctx"), 10);
  EXPECT_EQ(bench.rows[2].path, "device");
  EXPECT_EQ(bench_document(between_two_hosts(BenchEnd::Receiver)).endpoint->mode, "listen");
  EXPECT_FALSE(bench_document(one_refused()).endpoint);
}

}  // namespace
}  // namespace tuner
