#include "cli/render/bench.h"
#include "cli/render/bench_messages.h"

namespace tuner {
namespace {

using document::word;

document::BenchCpu cpu_document(const BenchStart& start, BenchEnd end) {
  const auto index = static_cast<std::size_t>(end);
  return {.cpu = start.cpus[index], .other_load = start.other_load[index] / 1000.0};
}

std::optional<document::BenchFigures> figures_document(const BenchRow& row) {
  if (row.rounds == 0 || !row.latency.empty() || row.messages) return std::nullopt;
  return document::BenchFigures{.gbit_per_second = row.gbit_per_second,
                                .cpu_seconds_per_gb = {.total = row.cpu.total(),
                                                       .sender = row.cpu.sender,
                                                       .receiver = row.cpu.receiver,
                                                       .threads = row.cpu.threads},
                                .speed_to_plain = ratio_document(row.speed_to_plain),
                                .speed_to_tls = ratio_document(row.speed_to_tls),
                                .cpu_to_tls = ratio_document(row.cpu_to_tls),
                                .bound_gbit_per_second = row.bound_gbit_per_second,
                                .share_of_bound = row.share_of_bound};
}

double microseconds(double nanoseconds) {
  return nanoseconds / 1000;
}

document::BenchPercentiles percentiles_document(const LatencyHistogram& times) {
  const auto at = [&](double share) -> std::optional<double> {
    if (!times.has(share)) return std::nullopt;
    return microseconds(static_cast<double>(times.at(share)));
  };
  return {.p50 = at(0.5),
          .p90 = at(0.9),
          .p99 = at(0.99),
          .p99_9 = at(0.999),
          .max = microseconds(static_cast<double>(times.max())),
          .mean = microseconds(times.mean())};
}

document::BenchLatency latency_document(const LatencyFigures& figures) {
  document::BenchLatency made{.response_bytes = figures.step.response_bytes,
                              .load = figures.step.load / 1000.0,
                              .rounds = figures.rounds,
                              .requests_per_second = figures.per_second,
                              .capacity_per_second = figures.capacity_per_second,
                              .requests = figures.arrivals,
                              .dropped = figures.dropped,
                              .generator_limited = figures.generator_limited,
                              .latency = percentiles_document(figures.latency),
                              .from_send = percentiles_document(figures.from_send),
                              .lag = percentiles_document(figures.lag),
                              .p50_to_tls = ratio_document(figures.p50_to_tls),
                              .p99_to_tls = ratio_document(figures.p99_to_tls),
                              .p50_to_plain = ratio_document(figures.p50_to_plain),
                              .curve = {}};
  for (const PercentilePoint& point : figures.latency.curve())
    made.curve.push_back({.share = point.share,
                          .microseconds = microseconds(static_cast<double>(point.nanoseconds)),
                          .count = point.count});
  return made;
}

// What is known of a path is said behind its label: a doubt, or why it is not in the kernel.
std::string because_of(const BenchRow& row) {
  if (!row.path || row.path->doubt().empty()) return row.because;
  return row.path->doubt() + (row.because.empty() ? "" : "; " + row.because);
}

document::BenchRow row_document(const BenchRow& row) {
  document::BenchRow made{.mode = word(row.variant.mode),
                          .version = {},
                          .cipher = {},
                          .rounds = row.rounds,
                          .bytes = row.bytes,
                          .checked_bytes = row.checked_bytes,
                          .path = {},
                          .counters = row.counters,
                          .ulp = {},
                          .because = because_of(row),
                          .figures = figures_document(row),
                          .latency = {},
                          .p50_to_tls = ratio_document(row.p50_to_tls),
                          .p99_to_tls = ratio_document(row.p99_to_tls),
                          .messages = messages_document(row),
                          .verdict = {}};
  for (const LatencyFigures& figures : row.latency) {
    if (figures.rounds > 0) made.latency.push_back(latency_document(figures));
  }
  if (row.variant.version) made.version = word(*row.variant.version);
  if (row.variant.cipher) made.cipher = word(*row.variant.cipher);
  if (row.path) made.path = word(row.path->path());
  if (row.ulp)
    made.ulp = document::Ulp{.version = row.ulp->version,
                             .cipher = row.ulp->cipher,
                             .txconf = row.ulp->txconf,
                             .rxconf = row.ulp->rxconf};
  if (row.verdict) made.verdict = word(*row.verdict);
  return made;
}

document::BenchWorkload workload_document(const BenchStart& start) {
  document::BenchWorkload made{.name = std::string(word(start.workload)),
                               .content_bytes = {},
                               .call_bytes = {},
                               .latency = {},
                               .rounds_planned = start.rounds,
                               .round_seconds = static_cast<double>(start.round_ns) / 1e9};
  if (start.workload == BenchWorkload::Bulk) made.content_bytes = start.content_bytes;
  if (start.workload != BenchWorkload::Latency) made.call_bytes = start.call_bytes;
  if (start.latency)
    made.latency = document::BenchLatencySetup{.connections = start.latency->connections,
                                               .request_bytes = start.latency->request_bytes,
                                               .most_in_flight = start.latency->most_in_flight,
                                               .seed = start.latency->seed};
  return made;
}

}  // namespace

std::optional<document::BenchRatio> ratio_document(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return std::nullopt;
  return document::BenchRatio{
      .ratio = ratio->ratio, .low = ratio->low, .high = ratio->high, .pairs = ratio->pairs};
}

document::Bench bench_document(const BenchResult& result) {
  const BenchStart& start = result.start;
  document::Bench bench{.workload = workload_document(start),
                        .library = start.library,
                        .own_namespace = start.own_namespace,
                        .sender = cpu_document(start, BenchEnd::Sender),
                        .receiver = cpu_document(start, BenchEnd::Receiver),
                        .limits = {.memory_copy = result.limits[0],
                                   .aes_128_gcm_seal = result.limits[1],
                                   .aes_128_gcm_open = result.limits[2]},
                        .rows = {},
                        .not_comparable = {},
                        .ending = word(result.ending),
                        .rounds_done = result.rounds_done,
                        .verdict = word(result.verdict),
                        .because = result.because};
  for (const BenchRow& row : result.rows) bench.rows.push_back(row_document(row));
  for (const NotComparable& one : result.not_comparable)
    bench.not_comparable.push_back(
        {.reason = word(one.doubt), .because = one.because, .voids = one.voids});
  return bench;
}

}  // namespace tuner
