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

// By step, without ratios.
std::vector<LatencyFigures> figures_of(const BenchReport& report, std::size_t row) {
  const auto& steps = report.start.latency->steps;
  std::vector<LatencyFigures> all(steps.size());
  for (std::size_t step = 0; step < steps.size(); ++step) {
    LatencyFigures& figures = all[step];
    figures.step = steps[step];
    const auto total = report.latency_totals.find({row, step});
    if (total == report.latency_totals.end()) continue;
    static_cast<LatencyTotal&>(figures) = total->second;
    figures.generator_limited = is_limited(figures);
  }
  return all;
}

enum class Percentile { P50, P99 };

// Of a row and step, in each round that has requests enough for it.
ByRound percentiles(const BenchReport& report, std::size_t row, std::size_t step,
                    Percentile percentile) {
  ByRound by_round;
  for (const LatencyRound& round : report.latency) {
    const auto& value = percentile == Percentile::P50 ? round.p50 : round.p99;
    if (round.variant == row && round.step == step && value)
      by_round[round.round] = static_cast<double>(*value);
  }
  return by_round;
}

std::vector<double> values_of(const ByRound& by_round) {
  std::vector<double> values;
  for (const auto& [round, value] : by_round) values.push_back(value);
  return values;
}

// A row and the one that it is compared with.
struct Pair {
  const BenchReport& report;
  std::size_t row;
  std::size_t base;

  std::optional<PairedRatio> of_step(std::size_t step, Percentile percentile) const {
    return ratio_of(percentiles(report, row, step, percentile),
                    percentiles(report, base, step, percentile));
  }

  std::optional<PairedRatio> over(const std::vector<std::size_t>& steps,
                                  Percentile percentile) const {
    // The ratios of one round, one a step, are not independent: their median is one pair. The
    // pairs' other side is 1, since each is a ratio already.
    std::map<int, std::vector<double>> ratios;
    for (const std::size_t step : steps) {
      const ByRound bases = percentiles(report, base, step, percentile);
      for (const auto& [round, value] : percentiles(report, row, step, percentile)) {
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
    figures.p50_to_tls = pair.of_step(step, Percentile::P50);
    figures.p99_to_tls = pair.of_step(step, Percentile::P99);
    // What the generator limited tells nothing about the mode.
    if (!figures.generator_limited && !bases[step].generator_limited) comparable.push_back(step);
  }
  row.p50_to_tls = pair.over(comparable, Percentile::P50);
  row.p99_to_tls = pair.over(comparable, Percentile::P99);
}

}  // namespace

std::size_t rounds_of_latency(const BenchReport& report, std::size_t index) {
  if (!report.start.latency) return 0;
  std::size_t least = static_cast<std::size_t>(report.start.rounds);
  for (std::size_t step = 0; step < report.start.latency->steps.size(); ++step) {
    const auto total = report.latency_totals.find({index, step});
    least = std::min(least, total == report.latency_totals.end() ? 0 : total->second.rounds);
  }
  return least;
}

void add_latency(BenchRow& row, const BenchReport& report, std::size_t index) {
  if (!report.start.latency) return;
  row.latency = figures_of(report, index);
  for (const LatencyRound& round : report.latency) {
    if (round.variant != index) continue;
    add_evidence(row, round.evidence);
    row.checked_bytes += round.checked_bytes;
  }
  for (const LatencyFigures& figures : row.latency)
    row.bytes += figures.latency.count() * figures.step.response_bytes;
  for (std::size_t step = 0; step < row.latency.size(); ++step) {
    LatencyFigures& figures = row.latency[step];
    row.rounds = std::max(row.rounds, figures.rounds);
    figures.p50_by_round = values_of(percentiles(report, index, step, Percentile::P50));
    figures.p99_by_round = values_of(percentiles(report, index, step, Percentile::P99));
  }
  if (const auto plain = place_of(report.start, {.mode = BenchMode::Plain});
      plain && plain != index) {
    for (std::size_t step = 0; step < row.latency.size(); ++step)
      row.latency[step].p50_to_plain =
          Pair{.report = report, .row = index, .base = *plain}.of_step(step, Percentile::P50);
  }
  if (const auto tls = user_space_of(report.start, row.variant);
      is_tls(row.variant.mode) && tls && tls != index)
    compare_with_user_space(row, {.report = report, .row = index, .base = *tls});
}

}  // namespace tuner
