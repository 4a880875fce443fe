// Reports of the benchmark's helper, made in code.
#pragma once

#include "bench/report.h"

#include <vector>

namespace tuner::testing {

// The rows plain, tls, ktls and ktls-sendfile of TLS 1.3.
inline BenchStart bench_start() {
  const auto tls13 = [](BenchMode mode) {
    return BenchVariant{.mode = mode, .version = TlsVersion::Tls13, .cipher = TlsCipher::Aes128Gcm};
  };
  return {.library = "OpenSSL 3.0.17",
          .own_namespace = true,
          .cpus = {2, 3},
          .variants = {{.mode = BenchMode::Plain},
                       tls13(BenchMode::Tls),
                       tls13(BenchMode::Ktls),
                       tls13(BenchMode::KtlsSendfile)},
          .content_bytes = 8U << 20U,
          .call_bytes = 65536,
          .rounds = 10,
          .round_ns = 100'000'000};
}

// A second at this rate, in which the sender's CPU was busy all the time, the receiver's half of
// it.
inline BenchSample bench_sample(std::size_t variant, int round, double gbit_per_second,
                                TlsPath path = TlsPath::Failed) {
  return {.variant = variant,
          .round = round,
          .bytes = static_cast<std::uint64_t>(gbit_per_second * 125e6),
          .nanoseconds = 1'000'000'000,
          .cost = {{{.cpu_us = 1'000'000, .thread_us = 990'000},
                    {.cpu_us = 500'000, .thread_us = 490'000}}},
          .checked_bytes = 1000,
          .evidence = {.path = path, .counters = {}, .ulp = {}, .because = {}}};
}

// Ten rounds: plain 40 Gbit/s, tls 20, and these of the rows that ask for the kernel; a limit of
// 40 Gbit/s for AES.
inline BenchReport bench_report(double ktls, double sendfile, TlsPath path = TlsPath::Kernel) {
  BenchReport report{.start = bench_start(),
                     .samples = {},
                     .latency = {},
                     .latency_totals = {},
                     .limits = {},
                     .refusals = {},
                     .ending = BenchEnding::Complete,
                     .error = {}};
  for (int round = 0; round < report.start.rounds; ++round) {
    const double drift = 1 + round * 0.001;
    report.samples.push_back(bench_sample(0, round, 40 * drift));
    report.samples.push_back(bench_sample(1, round, 20 * drift, TlsPath::Userspace));
    report.samples.push_back(bench_sample(2, round, ktls * drift, path));
    report.samples.push_back(bench_sample(3, round, sendfile * drift, path));
    for (std::size_t i = report.samples.size() - 2; i < report.samples.size(); ++i)
      report.samples[i].evidence.counters = {{"TlsTxSw", 1}};
    report.limits.push_back(
        {BenchLimit::AesSeal, round, 5'000'000'000, 1'000'000'000, 1'000'000'000});
  }
  return report;
}

// A measurement of this row and step whose latencies are 100 values around `p50_us`: the 99th
// percentile is twice the median, and the generator is never late.
inline LatencySample latency_sample(std::size_t variant, int round, std::size_t step, double p50_us,
                                    TlsPath path = TlsPath::Failed) {
  LatencySample sample{.variant = variant,
                       .round = round,
                       .step = step,
                       .per_second = 1000,
                       .capacity_per_second = 10'000,
                       .arrivals = 100,
                       .dropped = 0,
                       .checked_bytes = 4096,
                       .latency = {},
                       .from_send = {},
                       .lag = {},
                       .evidence = {.path = path, .counters = {}, .ulp = {}, .because = {}}};
  const auto p50 = static_cast<std::int64_t>(p50_us * 1000);
  sample.latency.record(p50, 98);
  sample.latency.record(2 * p50, 2);
  sample.from_send.record(p50, 100);
  sample.lag.record(100, 100);
  return sample;
}

// Ten rounds of the workload latency with two steps: plain 20 us, tls 40, and these of the row that
// asks for the kernel.
inline std::vector<LatencySample> latency_samples(double ktls_us, TlsPath path = TlsPath::Kernel) {
  std::vector<LatencySample> samples;
  for (int round = 0; round < 10; ++round) {
    const double drift = 1 + round * 0.002;
    for (std::size_t step = 0; step < 2; ++step) {
      samples.push_back(latency_sample(0, round, step, 20 * drift));
      samples.push_back(latency_sample(1, round, step, 40 * drift, TlsPath::Userspace));
      samples.push_back(latency_sample(2, round, step, ktls_us * drift, path));
      samples.back().evidence.counters = {{"TlsTxSw", 4}};
    }
  }
  return samples;
}

inline BenchReport latency_report(const std::vector<LatencySample>& samples) {
  BenchReport report;
  report.start = bench_start();
  report.start.workload = BenchWorkload::Latency;
  report.start.variants.pop_back();  // sendfile
  report.start.latency = LatencySetup{
      .connections = 4,
      .request_bytes = 64,
      .most_in_flight = 1024,
      .seed = 1,
      .steps = {{.response_bytes = 1024, .load = 100}, {.response_bytes = 16384, .load = 500}}};
  for (const LatencySample& sample : samples) add_sample(report, sample);
  report.ending = BenchEnding::Complete;
  return report;
}

inline BenchReport latency_report(double ktls_us, TlsPath path = TlsPath::Kernel) {
  return latency_report(latency_samples(ktls_us, path));
}

}  // namespace tuner::testing
