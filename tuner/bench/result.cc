#include "bench/result.h"

#include "bench/doubts.h"
#include "bench/latency_result.h"
#include "bench/row_parts.h"
#include "bench/verdict.h"

#include <algorithm>
#include <cmath>

namespace tuner {
namespace {

// Bits per nanosecond.
double gbit_per_second(std::uint64_t bytes, std::int64_t nanoseconds) {
  return static_cast<double>(bytes) * 8 / static_cast<double>(nanoseconds);
}

double seconds_per_gb(std::int64_t us, std::uint64_t bytes) {
  // A microsecond for a byte is 1000 s for 10^9 bytes.
  return static_cast<double>(us) * 1000 / static_cast<double>(bytes);
}

std::vector<double> values_of(const ByRound& by_round) {
  std::vector<double> values;
  for (const auto& [round, value] : by_round) values.push_back(value);
  return values;
}

// The largest of the rounds for one connection; nullopt: none has it.
std::optional<double> largest(std::optional<double> before, std::optional<std::uint64_t> bytes,
                              std::uint64_t connections) {
  if (!bytes) return before;
  const double each = static_cast<double>(*bytes) / static_cast<double>(connections);
  return std::max(before.value_or(0), each);
}

// Of the samples of one row. nullopt: it is not one with many connections.
std::optional<MemoryFigures> memory_of(const std::vector<BenchSample>& samples,
                                       std::size_t variant) {
  MemoryFigures figures;
  std::vector<double> user;
  for (const BenchSample& sample : samples) {
    if (sample.variant != variant || !sample.memory) continue;
    const ConnectionMemory& memory = *sample.memory;
    if (memory.connections >= kFewestForSlabs)
      figures.slab = largest(figures.slab, memory.slab_bytes, memory.connections);
    figures.buffers = largest(figures.buffers, memory.buffer_bytes, memory.connections);
    user.push_back(static_cast<double>(memory.user_bytes) /
                   static_cast<double>(memory.connections));
  }
  if (user.empty()) return std::nullopt;
  figures.user = median(std::move(user));
  return figures;
}

std::optional<double> fairness_of(const std::vector<BenchSample>& samples, std::size_t variant) {
  std::vector<double> values;
  for (const BenchSample& sample : samples) {
    if (sample.variant == variant && sample.fairness) values.push_back(*sample.fairness);
  }
  if (values.empty()) return std::nullopt;
  return median(std::move(values));
}

class Judge {
 public:
  explicit Judge(const BenchReport& report) : report_(report) {
    const std::size_t rows = report.start.variants.size();
    speed_.resize(rows);
    cpu_.resize(rows);
    operations_.resize(rows);
    // The reader has refused times and bytes of 0, which would divide by zero (bench_reader.cc).
    for (const BenchSample& sample : report.samples) {
      speed_[sample.variant][sample.round] = gbit_per_second(sample.bytes, sample.nanoseconds);
      cpu_[sample.variant][sample.round] =
          seconds_per_gb(sample.cost[0].cpu_us + sample.cost[1].cpu_us, sample.bytes);
    }
    for (const BenchSample& sample : report.samples) {
      if (sample.operations > 0)
        operations_[sample.variant][sample.round] =
            static_cast<double>(sample.operations) * 1e9 / static_cast<double>(sample.nanoseconds);
    }
    for (const LimitSample& sample : report.limits)
      limits_[static_cast<std::size_t>(sample.limit)][sample.round] =
          gbit_per_second(sample.bytes, sample.nanoseconds);
  }

  BenchRow row(std::size_t index) const {
    BenchRow row{.variant = report_.start.variants[index]};
    add_samples(row, index);
    add_latency(row, report_, index);
    add_messages(row, index);
    for (const BenchRefusal& refusal : report_.refusals) {
      if (refusal.variant == index) row.because = refusal.error.text;
    }
    // Rows of latencies and of messages have no throughput; neither has a row that was refused.
    if (speed_[index].empty()) return row;
    row.gbit_by_round = values_of(speed_[index]);
    row.cpu_by_round = values_of(cpu_[index]);
    row.gbit_per_second = median(row.gbit_by_round);
    row.memory = memory_of(report_.samples, index);
    row.fairness = fairness_of(report_.samples, index);
    const auto plain =
        place_of(report_.start, {.mode = BenchMode::Plain, .point = row.variant.point});
    if (plain && plain != index) row.speed_to_plain = ratio_of(speed_[index], speed_[*plain]);
    if (!is_tls(row.variant.mode)) return row;
    add_bound(row, index);
    const auto tls = user_space_of(report_.start, row.variant);
    if (!tls) return row;
    row.speed_to_tls = ratio_of(speed_[index], speed_[*tls]);
    row.cpu_to_tls = ratio_of(cpu_[index], cpu_[*tls]);
    return row;
  }

  std::optional<double> limit(std::size_t index) const {
    if (limits_[index].empty()) return std::nullopt;
    return median(values_of(limits_[index]));
  }

  int rounds_done() const {
    // The row with the fewest rounds decides: a round is done if all rows have it.
    std::size_t least = static_cast<std::size_t>(report_.start.rounds);
    bool any = false;
    for (std::size_t i = 0; i < speed_.size(); ++i) {
      if (is_refused(i)) continue;
      any = true;
      least = std::min(least, std::max({speed_[i].size(), rounds_of_latency(report_, i),
                                        rounds_of_messages(i)}));
    }
    return any ? static_cast<int>(least) : 0;
  }

 private:
  bool is_refused(std::size_t index) const {
    return std::ranges::any_of(report_.refusals,
                               [&](const BenchRefusal& one) { return one.variant == index; });
  }

  void add_samples(BenchRow& row, std::size_t index) const {
    std::array<EndCost, 2> sum;
    BenchCounts counts;
    counts.fill(0);
    std::uint64_t operations = 0;
    for (const BenchSample& sample : report_.samples) {
      if (sample.variant != index) continue;
      ++row.rounds;
      row.bytes += sample.bytes;
      row.checked_bytes += sample.checked_bytes;
      operations += sample.operations;
      for (std::size_t end = 0; end < sum.size(); ++end) {
        sum[end].cpu_us += sample.cost[end].cpu_us;
        sum[end].thread_us += sample.cost[end].thread_us;
      }
      add_counts(counts, sample.counts);
      add_evidence(row, sample.evidence);
    }
    if (row.rounds == 0) return;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i])
        row.per_byte[i] = static_cast<double>(*counts[i]) / static_cast<double>(row.bytes);
    }
    row.cpu = {.sender = seconds_per_gb(sum[0].cpu_us, row.bytes),
               .receiver = seconds_per_gb(sum[1].cpu_us, row.bytes),
               .threads = seconds_per_gb(sum[0].thread_us + sum[1].thread_us, row.bytes)};
    if (!operations_[index].empty())
      row.operations =
          OperationFigures{.per_second = median(values_of(operations_[index])),
                           .cpu_us = static_cast<double>(sum[0].cpu_us + sum[1].cpu_us) /
                                     static_cast<double>(operations)};
  }

  std::size_t rounds_of_messages(std::size_t index) const {
    return static_cast<std::size_t>(
        std::ranges::count(report_.messages, index, &MessageSample::variant));
  }

  void add_messages(BenchRow& row, std::size_t index) const {
    for (const MessageSample& sample : report_.messages) {
      if (sample.variant != index) continue;
      ++row.rounds;
      row.checked_bytes += sample.checked_bytes;
      add_evidence(row, sample.evidence);
    }
    row.messages = message_figures(report_, index);
  }

  static void add_counts(BenchCounts& sum, const BenchCounts& counts) {
    for (std::size_t i = 0; i < sum.size(); ++i) {
      // The bytes are those of all rounds: counts of some rounds only would look too small.
      if (sum[i] && counts[i])
        *sum[i] += *counts[i];
      else
        sum[i].reset();
    }
  }

  // AES of the busier end: the sender seals, the receiver opens. A proxy does both.
  void add_bound(BenchRow& row, std::size_t index) const {
    const auto plain = place_of(report_.start, {.mode = BenchMode::Plain});
    if (!plain || is_proxy(row.variant.mode)) return;
    const CipherLimits own = limits_of(row.variant.cipher.value());
    const BenchLimit aes = row.cpu.receiver > row.cpu.sender ? own.open : own.seal;
    std::vector<double> bounds, shares;
    for (const auto& [round, cipher] : limits_[static_cast<std::size_t>(aes)]) {
      const auto path = speed_[*plain].find(round);
      const auto speed = speed_[index].find(round);
      if (path == speed_[*plain].end() || speed == speed_[index].end()) continue;
      // A byte passes the cipher and then the path: their times for a byte add up, not their
      // speeds.
      bounds.push_back(1 / (1 / cipher + 1 / path->second));
      shares.push_back(speed->second / bounds.back());
    }
    if (bounds.empty()) return;
    row.bound_gbit_per_second = median(bounds);
    row.share_of_bound = median(shares);
  }

  const BenchReport& report_;
  std::vector<ByRound> speed_;  // by row
  std::vector<ByRound> cpu_;
  std::array<ByRound, kBenchLimits> limits_;  // by BenchLimit
  std::vector<ByRound> operations_;           // a second
};

}  // namespace

bool CpuPerGb::threads_differ() const {
  return std::abs(threads - total()) > 0.05 * total();
}

BenchResult judge_bench(const BenchReport& report, const BenchSurroundings& around) {
  const Judge judge(report);
  BenchResult result{.start = report.start,
                     .rows = {},
                     .limits = {},
                     .not_comparable = not_comparable(report.start, around),
                     .because = {},
                     .ending = report.ending,
                     .rounds_done = judge.rounds_done()};
  for (NotComparable& doubt : doubts_of_run(report, around))
    result.not_comparable.push_back(std::move(doubt));
  for (const BenchEnd end : {BenchEnd::Sender, BenchEnd::Receiver})
    result.load_during_run[static_cast<std::size_t>(end)] = load_during_run(report, end);
  for (std::size_t i = 0; i < result.limits.size(); ++i) result.limits[i] = judge.limit(i);
  for (std::size_t i = 0; i < report.start.variants.size(); ++i) {
    BenchRow row = judge.row(i);
    if (asks_kernel(row.variant.mode)) row.verdict = verdict_of(row, result.not_comparable);
    result.rows.push_back(std::move(row));
  }
  result.verdict = verdict_of(result.rows, result.not_comparable);
  result.because = verdict_sentence(result);
  return result;
}

}  // namespace tuner
