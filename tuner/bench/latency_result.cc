#include "bench/latency_result.h"

#include "bench/row_parts.h"

#include <algorithm>

namespace tuner {
namespace {

bool is_limited(const LatencyFigures& figures) {
  const std::int64_t lag = figures.lag.at(0.99);
  return lag > kMostLag ||
         static_cast<double>(lag) > kMostLagShare * static_cast<double>(figures.latency.at(0.5));
}

void add_sample(LatencyFigures& figures, const LatencySample& sample) {
  ++figures.rounds;
  figures.per_second = sample.per_second;
  figures.capacity_per_second = sample.capacity_per_second;
  figures.arrivals += sample.arrivals;
  figures.dropped += sample.dropped;
  figures.latency.add(sample.latency);
  figures.from_send.add(sample.from_send);
  figures.lag.add(sample.lag);
}

// By step, without ratios.
std::vector<LatencyFigures> figures_of(const BenchReport& report, std::size_t row) {
  std::vector<LatencyFigures> all;
  for (const LatencyStep& step : report.start.latency->steps) all.push_back({.step = step});
  for (const LatencySample& sample : report.latency) {
    if (sample.variant == row) add_sample(all[sample.step], sample);
  }
  for (LatencyFigures& figures : all)
    figures.generator_limited = figures.rounds > 0 && is_limited(figures);
  return all;
}

// A percentile of a row and step, in each round that has requests enough for it.
ByRound percentiles(const BenchReport& report, std::size_t row, std::size_t step, double share) {
  ByRound by_round;
  for (const LatencySample& sample : report.latency) {
    if (sample.variant == row && sample.step == step && sample.latency.has(share))
      by_round[sample.round] = static_cast<double>(sample.latency.at(share));
  }
  return by_round;
}

// A row and the one that it is compared with.
struct Pair {
  const BenchReport& report;
  std::size_t row;
  std::size_t base;

  std::optional<PairedRatio> of_step(std::size_t step, double share) const {
    return ratio_of(percentiles(report, row, step, share), percentiles(report, base, step, share));
  }

  std::optional<PairedRatio> over(const std::vector<std::size_t>& steps, double share) const {
    std::map<int, std::vector<double>> ratios;
    for (const std::size_t step : steps) {
      const ByRound bases = percentiles(report, base, step, share);
      for (const auto& [round, value] : percentiles(report, row, step, share)) {
        if (const auto other = bases.find(round); other != bases.end())
          ratios[round].push_back(value / other->second);
      }
    }
    ByRound medians, ones;
    for (const auto& [round, values] : ratios) {
      medians[round] = median(values);
      ones[round] = 1;
    }
    return ratio_of(medians, ones);
  }
};

void compare_with_user_space(BenchRow& row, const Pair& pair) {
  const auto bases = figures_of(pair.report, pair.base);
  std::vector<std::size_t> comparable;
  for (std::size_t step = 0; step < row.latency.size(); ++step) {
    LatencyFigures& figures = row.latency[step];
    figures.p50_to_tls = pair.of_step(step, 0.5);
    figures.p99_to_tls = pair.of_step(step, 0.99);
    if (!figures.generator_limited && !bases[step].generator_limited) comparable.push_back(step);
  }
  row.p50_to_tls = pair.over(comparable, 0.5);
  row.p99_to_tls = pair.over(comparable, 0.99);
}

}  // namespace

std::size_t rounds_of_latency(const BenchReport& report, std::size_t index) {
  if (!report.start.latency) return 0;
  std::vector<std::size_t> rounds(report.start.latency->steps.size());
  for (const LatencySample& sample : report.latency) {
    if (sample.variant == index) ++rounds[sample.step];
  }
  return rounds.empty() ? 0 : std::ranges::min(rounds);
}

void add_latency(BenchRow& row, const BenchReport& report, std::size_t index) {
  if (!report.start.latency) return;
  row.latency = figures_of(report, index);
  for (const LatencySample& sample : report.latency) {
    if (sample.variant != index) continue;
    add_evidence(row, sample.evidence);
    row.bytes += sample.latency.count() * row.latency[sample.step].step.response_bytes;
    row.checked_bytes += sample.checked_bytes;
  }
  for (const LatencyFigures& figures : row.latency)
    row.rounds = std::max(row.rounds, figures.rounds);
  if (const auto plain = place_of(report.start, {.mode = BenchMode::Plain});
      plain && plain != index) {
    for (std::size_t step = 0; step < row.latency.size(); ++step)
      row.latency[step].p50_to_plain =
          Pair{.report = report, .row = index, .base = *plain}.of_step(step, 0.5);
  }
  if (const auto tls = user_space_of(report.start, row.variant);
      is_tls(row.variant.mode) && tls && tls != index)
    compare_with_user_space(row, {.report = report, .row = index, .base = *tls});
}

}  // namespace tuner
