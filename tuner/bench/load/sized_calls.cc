#include "bench/load/sized_calls.h"

#include "bench/choice.h"
#include "bench/load/path_evidence.h"

namespace tuner {
namespace {

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

Workload with_sizes(const LoadRun& run, BenchWorkload word, bool reads_file) {
  return {.variants = rows_of(word, run.choice),
          .measure = [&run, reads_file](const LoadTurn& turn) {
            return measure_calls(run, turn, reads_file);
          }};
}

}  // namespace

Workload small_records(const LoadRun& run) {
  return with_sizes(run, BenchWorkload::SmallRecords, false);
}

Workload files(const LoadRun& run) {
  return with_sizes(run, BenchWorkload::Files, true);
}

}  // namespace tuner
