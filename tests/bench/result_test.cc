#include "bench/result.h"

#include "bench/bench_reports.h"
#include "bench/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::bench_report;
using testing::bench_sample;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<BenchDoubt> doubts_of(const BenchResult& result) {
  std::vector<BenchDoubt> doubts;
  for (const NotComparable& one : result.not_comparable) doubts.push_back(one.doubt);
  return doubts;
}

TEST(BenchResult, RowsHaveMediansRatiosAndTheirShareOfTheBound) {
  const BenchResult result = judge_bench(bench_report(19, 30), {});
  ASSERT_EQ(result.rows.size(), 4U);
  const BenchRow& plain = result.rows[0];
  EXPECT_NEAR(plain.gbit_per_second, 40 * 1.0045, 1e-6);
  EXPECT_FALSE(plain.path);
  EXPECT_FALSE(plain.speed_to_plain);
  EXPECT_FALSE(plain.bound_gbit_per_second);
  EXPECT_EQ(plain.rounds, 10U);
  const BenchRow& tls = result.rows[1];
  EXPECT_NEAR(tls.speed_to_plain->ratio, 0.5, 1e-6);
  EXPECT_FALSE(tls.speed_to_tls);
  // AES 40 and plain 40 Gbit/s one after the other
  EXPECT_NEAR(*tls.bound_gbit_per_second, 20.0, 0.1);
  EXPECT_NEAR(*tls.share_of_bound, 1.0, 0.01);
  const BenchRow& sendfile = result.rows[3];
  EXPECT_NEAR(sendfile.speed_to_tls->ratio, 1.5, 1e-6);
  EXPECT_NEAR(sendfile.cpu_to_tls->ratio, 1 / 1.5, 1e-6);
  EXPECT_EQ(sendfile.counters.at("TlsTxSw"), 10);
  EXPECT_EQ(sendfile.checked_bytes, 10'000U);
  EXPECT_EQ(result.rounds_done, 10);
  EXPECT_FALSE(result.limits[0]);
  EXPECT_NEAR(*result.limits[1], 40, 1e-9);
}

// 40 Gbit/s are 5 GB in a second: 1 s of the sender's CPU, half a second of the receiver's.
TEST(BenchResult, CpuTimeIsPerGbOfPayload) {
  BenchReport report = bench_report(20, 20);
  const BenchRow row = judge_bench(report, {}).rows[1];
  EXPECT_NEAR(row.cpu.sender, 1 / 2.5, 0.01);
  EXPECT_NEAR(row.cpu.receiver, 0.5 / 2.5, 0.01);
  EXPECT_FALSE(row.cpu.threads_differ());
  for (BenchSample& sample : report.samples) sample.cost[0].thread_us = 800'000;
  EXPECT_TRUE(judge_bench(report, {}).rows[1].cpu.threads_differ());
}

// Two CPUs' counts for 5 · 10^9 bytes a round; a round without them makes the row unknown.
TEST(BenchResult, CountsArePerByteOfPayload) {
  BenchReport report = bench_report(40, 20);
  for (BenchSample& sample : report.samples) sample.counts = {sample.bytes * 2, 0, {}, 5};
  BenchRow row = judge_bench(report, {}).rows[1];
  EXPECT_NEAR(row.per_byte[0].value(), 2, 1e-9);
  EXPECT_NEAR(row.per_byte[1].value(), 0, 1e-9);
  EXPECT_FALSE(row.per_byte[2]);
  report.samples[1].counts[0].reset();
  EXPECT_FALSE(judge_bench(report, {}).rows[1].per_byte[0]);
  // 1.5 s of CPU time for 2.5 GB: 0.6 s a GB, 7.5 % of a CPU for each Gbit/s
  EXPECT_NEAR(row.cpu.percent_per_gbit(), 7.5, 0.05);
}

// The bound is that of the row's own cipher.
TEST(BenchResult, EachCipherHasItsOwnBound) {
  BenchReport report = bench_report(20, 20);
  for (BenchVariant& variant : report.start.variants) {
    if (variant.cipher) variant.cipher = TlsCipher::Chacha20Poly1305;
  }
  EXPECT_FALSE(judge_bench(report, {}).rows[1].bound_gbit_per_second) << "not measured";
  for (int round = 0; round < 10; ++round)
    report.limits.push_back({BenchLimit::ChachaSeal, round, 1'250'000'000, 1'000'000'000, 0});
  EXPECT_NEAR(*judge_bench(report, {}).rows[1].bound_gbit_per_second, 8.0, 0.1);
}

TEST(BenchResult, ABusierReceiverIsBoundByOpening) {
  BenchReport report = bench_report(20, 20);
  for (BenchSample& sample : report.samples) std::swap(sample.cost[0], sample.cost[1]);
  EXPECT_FALSE(judge_bench(report, {}).rows[1].bound_gbit_per_second) << "not measured";
  for (int round = 0; round < 10; ++round)
    report.limits.push_back({BenchLimit::AesOpen, round, 1'250'000'000, 1'000'000'000, 0});
  EXPECT_NEAR(*judge_bench(report, {}).rows[1].bound_gbit_per_second, 8.0, 0.1);
}

TEST(BenchResult, TheVerdictSaysWhatWasMeasured) {
  const auto verdict = [](double ktls, double sendfile) {
    return judge_bench(bench_report(ktls, sendfile), {}).verdict;
  };
  EXPECT_EQ(verdict(25, 30), KtlsVerdict::PaysOff);
  EXPECT_EQ(verdict(15, 16), KtlsVerdict::Costs);
  EXPECT_EQ(verdict(20, 20.1), KtlsVerdict::NoDifference);
  EXPECT_EQ(verdict(15, 30), KtlsVerdict::Mixed);
}

TEST(BenchResult, TheVerdictIsASentenceWithTheFigures) {
  const BenchResult result = judge_bench(bench_report(20, 30), {});
  EXPECT_EQ(result.rows[2].verdict, KtlsVerdict::NoDifference);
  EXPECT_EQ(result.rows[3].verdict, KtlsVerdict::PaysOff);
  EXPECT_FALSE(result.rows[1].verdict);
  EXPECT_THAT(result.because, HasSubstr("depends on how it is used"));
  EXPECT_THAT(result.because, HasSubstr("ktls-sendfile TLSv1.3 AES-128-GCM has 1.50 times (1.50 to "
                                        "1.50) the throughput of user space and 0.67 times"));
}

// A proxy is compared with a proxy, and has no bound: it both opens and seals.
TEST(BenchResult, ASplicingProxyIsComparedWithAProxyInUserSpace) {
  BenchReport report = bench_report(20, 30);
  report.start.variants[1].mode = BenchMode::TlsProxy;
  report.start.variants[2].mode = BenchMode::KtlsReceive;
  report.start.variants[3].mode = BenchMode::KtlsSplice;
  const BenchResult result = judge_bench(report, {});
  EXPECT_NEAR(result.rows[3].speed_to_tls->ratio, 1.5, 1e-6);
  EXPECT_FALSE(result.rows[3].bound_gbit_per_second);
  EXPECT_FALSE(result.rows[1].verdict);
  EXPECT_FALSE(result.rows[2].speed_to_tls) << "tls is not measured";
}

// In software the option changes nothing: only the NIC's path is evidence for zero copy.
TEST(BenchResult, ZeroCopyCountsOnlyWhereANicDoesIt) {
  for (const auto& [path, verdict] : {std::pair(TlsPath::Kernel, KtlsVerdict::NotMeasured),
                                      std::pair(TlsPath::Device, KtlsVerdict::PaysOff)}) {
    BenchReport report = bench_report(20, 30, path);
    report.start.variants[3].mode = BenchMode::KtlsZerocopy;
    EXPECT_EQ(judge_bench(report, {}).rows[3].verdict, verdict);
  }
}

// A row that asked for the kernel and did not get it is labelled by what it did, and is no evidence
// for kernel TLS, however fast it was.
TEST(BenchResult, ARowThatFellBackHasNoVerdict) {
  BenchReport report = bench_report(30, 30, TlsPath::Userspace);
  for (BenchSample& sample : report.samples) {
    if (sample.variant >= 2) sample.evidence.because = "the kernel refuses the key";
  }
  const BenchResult result = judge_bench(report, {});
  EXPECT_TRUE(*result.rows[2].path == TlsPath::Userspace);
  EXPECT_EQ(result.rows[2].verdict, KtlsVerdict::NotMeasured);
  EXPECT_EQ(result.verdict, KtlsVerdict::NotMeasured);
  EXPECT_THAT(result.because, HasSubstr("not measured here: the kernel refuses the key"));
}

TEST(BenchResult, OneRoundOnAnotherPathMakesTheRowUnknown) {
  BenchReport report = bench_report(30, 30);
  report.samples[2].evidence.path = TlsPath::Userspace;
  const BenchResult result = judge_bench(report, {});
  EXPECT_TRUE(*result.rows[2].path == TlsPath::Unknown);
  EXPECT_THAT(result.rows[2].path->doubt(), HasSubstr("different paths"));
  EXPECT_EQ(result.rows[2].verdict, KtlsVerdict::NotMeasured);
  EXPECT_EQ(result.rows[3].verdict, KtlsVerdict::PaysOff);
  EXPECT_EQ(result.verdict, KtlsVerdict::PaysOff);
}

TEST(BenchResult, ADoubtOfOneRoundStaysWithTheRow) {
  BenchReport report = bench_report(30, 30);
  report.samples[6].evidence.path = PathFinding::unknown("the counters disagree");
  const BenchRow row = judge_bench(report, {}).rows[2];
  EXPECT_EQ(row.path->doubt(), "the counters disagree");
}

TEST(BenchResult, ARefusedRowHasItsReasonAndNoFigures) {
  BenchReport report = bench_report(30, 30);
  std::erase_if(report.samples, [](const BenchSample& sample) { return sample.variant >= 2; });
  for (const std::size_t row : {2U, 3U})
    report.refusals.push_back(
        {row, {.fault = Fault::Unsupported, .text = "tls is not loaded", .hint = {}}});
  const BenchResult result = judge_bench(report, {});
  EXPECT_EQ(result.rows[2].rounds, 0U);
  EXPECT_EQ(result.rows[2].because, "tls is not loaded");
  EXPECT_FALSE(result.rows[2].path);
  EXPECT_EQ(result.rounds_done, 10) << "of the rows that were measured";
  EXPECT_EQ(result.verdict, KtlsVerdict::NotMeasured);
  EXPECT_THAT(result.because, HasSubstr("tls is not loaded"));
}

TEST(BenchResult, WithoutARowThatAsksNothingIsSaidOfTheKernel) {
  BenchReport report = bench_report(20, 20);
  report.start.variants.resize(2);
  std::erase_if(report.samples, [](const BenchSample& sample) { return sample.variant >= 2; });
  const BenchResult result = judge_bench(report, {});
  EXPECT_EQ(result.verdict, KtlsVerdict::NotMeasured);
  EXPECT_THAT(result.because, HasSubstr("not measured here: no row asks for it"));
}

TEST(BenchResult, FewRoundsHaveFiguresAndNoVerdict) {
  BenchReport report = bench_report(30, 30);
  std::erase_if(report.samples, [](const BenchSample& sample) { return sample.round >= 5; });
  report.ending = BenchEnding::Interrupted;
  const BenchResult result = judge_bench(report, {});
  EXPECT_EQ(result.rounds_done, 5);
  EXPECT_GT(result.rows[2].gbit_per_second, 0);
  EXPECT_FALSE(result.rows[2].speed_to_tls);
  EXPECT_THAT(result.because, HasSubstr("fewer than 6 rounds"));
}

// Rounds are paired by their number: a round that one of the two lacks is left out.
TEST(BenchResult, RatiosAreOfRoundsThatBothRowsHave) {
  BenchReport report = bench_report(20, 20);
  std::erase_if(report.samples, [](const BenchSample& sample) {
    return sample.variant == 1 && sample.round % 5 == 0;
  });
  const BenchResult result = judge_bench(report, {});
  EXPECT_EQ(result.rows[2].speed_to_tls->pairs, 8U);
  EXPECT_NEAR(result.rows[2].speed_to_tls->ratio, 1, 1e-6);
}

// A CPU time of zero ticks has no ratio, and throughput alone decides.
TEST(BenchResult, WithoutTicksOnlyThroughputIsCompared) {
  BenchReport report = bench_report(30, 30);
  report.samples[2].cost = {};
  const BenchRow row = judge_bench(report, {}).rows[2];
  EXPECT_FALSE(row.cpu_to_tls);
  EXPECT_EQ(row.verdict, KtlsVerdict::PaysOff);
}

TEST(BenchResult, ReasonsAgainstComparingAreNamed) {
  EXPECT_THAT(doubts_of(judge_bench(bench_report(20, 20), {})), ElementsAre(BenchDoubt::Loopback));
  BenchReport busy = bench_report(20, 20);
  busy.start.other_load = {20, 130};
  const BenchResult result =
      judge_bench(busy, {.hypervisor = true, .share = CpusShare::Core, .same_node = false});
  EXPECT_THAT(doubts_of(result),
              ElementsAre(BenchDoubt::VirtualMachine, BenchDoubt::Loopback, BenchDoubt::OneCore,
                          BenchDoubt::TwoNodes, BenchDoubt::OtherLoad));
  EXPECT_THAT(result.not_comparable.back().because, HasSubstr("used 13 % of CPU 3"));
  EXPECT_EQ(result.verdict, KtlsVerdict::NoDifference) << "ratios on this machine still count";
}

TEST(BenchResult, OnAnEmulatedCpuThereIsNoVerdict) {
  const BenchResult result =
      judge_bench(bench_report(30, 30), {.emulated = true, .hypervisor = true});
  EXPECT_THAT(doubts_of(result), ElementsAre(BenchDoubt::EmulatedCpu, BenchDoubt::Loopback));
  EXPECT_EQ(result.rows[2].verdict, KtlsVerdict::NotComparable);
  EXPECT_EQ(result.verdict, KtlsVerdict::NotComparable);
  EXPECT_THAT(result.because, HasSubstr("ratios measured here mean nothing: the CPU is emulated"));
}

// Both ends of a run between two hosts.
BenchReport between_hosts(BenchEnd end, const std::string& interface) {
  BenchReport report = bench_report(30, 30, TlsPath::Device);
  report.start.own_namespace = false;
  report.start.wire = BenchWire{.end = end,
                                .peer = "192.0.2.2:4433",
                                .peer_library = "OpenSSL 3.0.17",
                                .interface = interface,
                                .nics = {interface}};
  return report;
}

TEST(BenchResult, BetweenTwoHostsTheDoubtIsTheNetworkAndNotLoopback) {
  const auto doubts = not_comparable(between_hosts(BenchEnd::Sender, "eth0").start, {});
  ASSERT_EQ(doubts.size(), 1U);
  EXPECT_EQ(doubts[0].doubt, BenchDoubt::Network);
  EXPECT_THAT(doubts[0].because, HasSubstr("the network to 192.0.2.2:4433"));
  // An address of this host: the route is lo, whatever was asked for.
  const auto loopback = not_comparable(between_hosts(BenchEnd::Sender, "lo").start, {});
  ASSERT_EQ(loopback.size(), 1U);
  EXPECT_EQ(loopback[0].doubt, BenchDoubt::Loopback);
}

TEST(BenchResult, ACpuIsNamedWithItsHost) {
  BenchReport report = between_hosts(BenchEnd::Sender, "eth0");
  report.start.other_load = {0, 400};
  auto doubts = not_comparable(report.start, {.same_node = false});
  ASSERT_EQ(doubts.size(), 3U);
  EXPECT_EQ(doubts[1].because, "CPU 2 is not on the NUMA node of the NIC of the route");
  EXPECT_THAT(doubts[2].because, HasSubstr("used 40 % of CPU 3 of 192.0.2.2:4433"));
  report.start.wire->end = BenchEnd::Receiver;
  EXPECT_EQ(cpu_words(report.start, BenchEnd::Receiver), "CPU 3");
  EXPECT_EQ(cpu_words(report.start, BenchEnd::Sender), "CPU 2 of 192.0.2.2:4433");
}

TEST(BenchResult, ARowOfTheNicHasAVerdictAndTheDriversCounters) {
  BenchReport report = between_hosts(BenchEnd::Sender, "eth0");
  for (BenchSample& sample : report.samples)
    if (sample.variant == 2) sample.evidence.nic_counters = {{"tx_tls_encrypted_packets", 7}};
  const BenchResult result = judge_bench(report, {});
  EXPECT_TRUE(*result.rows[2].path == TlsPath::Device);
  EXPECT_EQ(result.rows[2].verdict, KtlsVerdict::PaysOff);
  EXPECT_EQ(result.rows[2].nic_counters.at("tx_tls_encrypted_packets"), 70);
}

}  // namespace
}  // namespace tuner
