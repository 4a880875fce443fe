#include "bench/series.h"
#include "cli/render/bench/bench.h"
#include "cli/render/bench/bench_messages.h"

namespace tuner {
namespace {

using document::or_null;
using document::word;

document::BenchCpu cpu_document(const BenchResult& result, BenchEnd end) {
  const auto index = static_cast<std::size_t>(end);
  return {.cpu = result.start.cpus[index],
          .other_load = result.start.other_load[index] / 1000.0,
          .load_during_run = result.load_during_run[index]};
}

std::optional<document::BenchEndpoint> endpoint_document(const std::optional<BenchWire>& wire) {
  if (!wire) return std::nullopt;
  return document::BenchEndpoint{.mode = wire->end == BenchEnd::Sender ? "connect" : "listen",
                                 .peer = wire->peer,
                                 .peer_library = wire->peer_library,
                                 .interface = document::or_null(wire->interface),
                                 .nics = wire->nics};
}

std::optional<std::string> text_or_null(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

std::optional<document::BenchOperations> operations_document(const BenchRow& row) {
  if (!row.operations) return std::nullopt;
  return document::BenchOperations{.per_second = row.operations->per_second,
                                   .cpu_us = row.operations->cpu_us};
}

std::optional<document::BenchMemory> memory_document(const BenchRow& row) {
  if (!row.memory) return std::nullopt;
  return document::BenchMemory{.slab_bytes = row.memory->slab,
                               .buffer_bytes = row.memory->buffers,
                               .user_bytes = row.memory->user};
}

document::BenchCrossover crossover_document(const Crossover& crossover) {
  return {.mode = word(crossover.variant.mode),
          .version = word(crossover.variant.version.value()),
          .cipher = word(crossover.variant.cipher.value()),
          .points = crossover.points,
          .pays_off_at = crossover.pays_off_at,
          .from = crossover.from};
}

std::optional<document::BenchFigures> figures_document(const BenchRow& row) {
  // Latencies and messages have parts of their own, with other figures.
  if (row.rounds == 0 || !row.latency.empty() || row.messages) return std::nullopt;
  return document::BenchFigures{
      .gbit_per_second = row.gbit_per_second,
      .cpu_seconds_per_gb = {.total = row.cpu.total(),
                             .sender = row.cpu.sender,
                             .receiver = row.cpu.receiver,
                             .threads = row.cpu.threads,
                             .percent_per_gbit = row.cpu.percent_per_gbit()},
      .per_byte = {.cycles = row.per_byte[0],
                   .instructions = row.per_byte[1],
                   .cache_misses = row.per_byte[2],
                   .context_switches = row.per_byte[3],
                   .dram_bytes = row.per_byte[4]},
      .operations = operations_document(row),
      .memory = memory_document(row),
      .fairness = row.fairness,
      .speed_to_plain = ratio_document(row.speed_to_plain),
      .speed_to_tls = ratio_document(row.speed_to_tls),
      .cpu_to_tls = ratio_document(row.cpu_to_tls),
      .bound_gbit_per_second = row.bound_gbit_per_second,
      .share_of_bound = row.share_of_bound,
      .rounds = {.gbit_per_second = row.gbit_by_round, .cpu_seconds_per_gb = row.cpu_by_round}};
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
                              .curve = {},
                              .p50_by_round = {},
                              .p99_by_round = {}};
  for (const double time : figures.p50_by_round) made.p50_by_round.push_back(microseconds(time));
  for (const double time : figures.p99_by_round) made.p99_by_round.push_back(microseconds(time));
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
                          .point = row.variant.point,
                          .rounds = row.rounds,
                          .bytes = row.bytes,
                          .checked_bytes = row.checked_bytes,
                          .path = {},
                          .counters = row.counters,
                          .ulp = {},
                          .driver_counters = row.nic_counters,
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
  const BenchSeries& series = series_of(start.workload);
  document::BenchWorkload made{.name = std::string(word(start.workload)),
                               .point = text_or_null(series.point),
                               .operation = text_or_null(series.operation),
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

document::BenchLimits limits_document(const BenchResult& result) {
  const auto limit = [&](BenchLimit one) { return result.limits[static_cast<std::size_t>(one)]; };
  document::BenchLimits made{.memory_copy = limit(BenchLimit::MemoryCopy),
                             .aes_128_gcm_seal = limit(BenchLimit::AesSeal),
                             .aes_128_gcm_open = limit(BenchLimit::AesOpen),
                             .aes_256_gcm_seal = limit(BenchLimit::Aes256Seal),
                             .aes_256_gcm_open = limit(BenchLimit::Aes256Open),
                             .aes_128_ccm_seal = limit(BenchLimit::CcmSeal),
                             .aes_128_ccm_open = limit(BenchLimit::CcmOpen),
                             .chacha20_poly1305_seal = limit(BenchLimit::ChachaSeal),
                             .chacha20_poly1305_open = limit(BenchLimit::ChachaOpen),
                             .kernel_aes_128_gcm_seal = limit(BenchLimit::KernelAes),
                             .kernel_aes_256_gcm_seal = limit(BenchLimit::KernelAes256),
                             .kernel_aes_128_ccm_seal = limit(BenchLimit::KernelCcm),
                             .kernel_chacha20_poly1305_seal = limit(BenchLimit::KernelChacha),
                             .refused = {}};
  for (const LimitRefusal& one : result.start.limits_refused)
    made.refused.push_back({.limit = word(one.limit), .because = one.because});
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
  document::Bench bench{.endpoint = endpoint_document(start.wire),
                        .workload = workload_document(start),
                        .library = start.library,
                        .own_namespace = start.own_namespace,
                        .sender = cpu_document(result, BenchEnd::Sender),
                        .receiver = cpu_document(result, BenchEnd::Receiver),
                        .limits = limits_document(result),
                        .uncounted = {},
                        .rows = {},
                        .crossovers = {},
                        .not_comparable = {},
                        .ending = word(result.ending),
                        .rounds_done = result.rounds_done,
                        .verdict = word(result.verdict),
                        .because = result.because};
  for (const CountRefusal& one : start.counts_refused)
    bench.uncounted.push_back({.count = word(one.count), .because = one.because});
  for (const BenchRow& row : result.rows) bench.rows.push_back(row_document(row));
  for (const Crossover& crossover : crossovers_of(result))
    bench.crossovers.push_back(crossover_document(crossover));
  for (const NotComparable& one : result.not_comparable)
    bench.not_comparable.push_back(
        {.reason = word(one.doubt), .because = one.because, .voids = one.voids});
  return bench;
}

}  // namespace tuner
