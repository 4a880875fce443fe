#include "cli/render/bench.h"

namespace tuner {
namespace {

using document::word;

document::BenchCpu cpu_document(const BenchStart& start, BenchEnd end) {
  const auto index = static_cast<std::size_t>(end);
  return {.cpu = start.cpus[index], .other_load = start.other_load[index] / 1000.0};
}

std::optional<document::BenchRatio> ratio_document(const std::optional<PairedRatio>& ratio) {
  if (!ratio) return std::nullopt;
  return document::BenchRatio{
      .ratio = ratio->ratio, .low = ratio->low, .high = ratio->high, .pairs = ratio->pairs};
}

std::optional<document::BenchFigures> figures_document(const BenchRow& row) {
  if (row.rounds == 0) return std::nullopt;
  return document::BenchFigures{
      .gbit_per_second = row.gbit_per_second,
      .cpu_seconds_per_gb = {.total = row.cpu.total(),
                             .sender = row.cpu.sender,
                             .receiver = row.cpu.receiver,
                             .threads = row.cpu.threads},
      .speed_to_plain = ratio_document(row.speed_to_plain),
      .speed_to_tls = ratio_document(row.speed_to_tls),
      .cpu_to_tls = ratio_document(row.cpu_to_tls),
      .bound_gbit_per_second = row.bound_gbit_per_second,
      .share_of_bound = row.share_of_bound,
      .rounds = {.gbit_per_second = row.gbit_by_round, .cpu_seconds_per_gb = row.cpu_by_round}};
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
                          .verdict = {}};
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

}  // namespace

document::Bench bench_document(const BenchResult& result) {
  const BenchStart& start = result.start;
  document::Bench bench{.workload = {.name = word(start.workload),
                                     .content_bytes = start.content_bytes,
                                     .call_bytes = start.call_bytes,
                                     .rounds_planned = start.rounds,
                                     .round_seconds = static_cast<double>(start.round_ns) / 1e9},
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
