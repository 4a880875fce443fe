#include "bench/report.h"

#include <utility>

namespace tuner {

void add_sample(BenchReport& report, LatencySample sample) {
  const auto percentile = [&](double share) -> std::optional<std::int64_t> {
    if (!sample.latency.has(share)) return std::nullopt;
    return sample.latency.at(share);
  };
  LatencyTotal& total = report.latency_totals[{sample.variant, sample.step}];
  ++total.rounds;
  // The plan's rate and the capacity are the same in each round.
  total.per_second = sample.per_second;
  total.capacity_per_second = sample.capacity_per_second;
  total.arrivals += sample.arrivals;
  total.dropped += sample.dropped;
  total.latency.add(sample.latency);
  total.from_send.add(sample.from_send);
  total.lag.add(sample.lag);
  report.latency.push_back({.variant = sample.variant,
                            .round = sample.round,
                            .step = sample.step,
                            .checked_bytes = sample.checked_bytes,
                            .p50 = percentile(0.5),
                            .p99 = percentile(0.99),
                            .evidence = std::move(sample.evidence)});
}

}  // namespace tuner
