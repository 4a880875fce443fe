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
    report.limits.push_back({BenchLimit::AesSeal, round, 5'000'000'000, 1'000'000'000});
  }
  return report;
}

}  // namespace tuner::testing
