#include "bench/load/sized_calls.h"

#include "bench/load/path_evidence.h"
#include "bench/series.h"

namespace tuner {
namespace {

constexpr BenchVariant with_tls(BenchMode mode) {
  return {.mode = mode, .version = TlsVersion::Tls13, .cipher = TlsCipher::Aes128Gcm};
}

Result<BenchEvent> measure_calls(const LoadRun& run, const LoadTurn& turn, bool reads_file) {
  const std::size_t size = turn.variant.point.value();
  const PathWatch watch(run, turn);
  const auto done = TRY(transfer({.variant = turn.variant,
                                  .cpus = run.cpus,
                                  .warm_up = turn.schedule.warm_up,
                                  .round = turn.schedule.round,
                                  .deadline = turn.deadline,
                                  .ask_ktls = asks_kernel(turn.variant.mode),
                                  .call_bytes = size,
                                  .reads_file = reads_file},
                                 run.content, run.identity, run.files, run.kernel.ulp_source()));
  return BenchSample{.variant = turn.row,
                     .round = turn.round,
                     .bytes = done.bytes,
                     .nanoseconds = done.time.count(),
                     .cost = done.cost,
                     .checked_bytes = done.checked_bytes,
                     .evidence = TRY(watch.evidence(done.sender, done.receiver)),
                     .operations = done.bytes / size};
}

Workload with_sizes(const LoadRun& run, BenchWorkload word, const std::vector<BenchVariant>& rows,
                    bool reads_file) {
  return {.variants = at_each_point(rows, series_of(word).points),
          .measure = [&run, reads_file](const LoadTurn& turn) {
            return measure_calls(run, turn, reads_file);
          }};
}

}  // namespace

Workload small_records(const LoadRun& run) {
  return with_sizes(
      run, BenchWorkload::SmallRecords,
      {{.mode = BenchMode::Plain}, with_tls(BenchMode::Tls), with_tls(BenchMode::Ktls)}, false);
}

Workload files(const LoadRun& run) {
  return with_sizes(run, BenchWorkload::Files,
                    {{.mode = BenchMode::PlainSendfile},
                     with_tls(BenchMode::Tls),
                     with_tls(BenchMode::KtlsSendfile)},
                    true);
}

}  // namespace tuner
