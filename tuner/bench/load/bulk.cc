#include "bench/load/bulk.h"

#include "bench/load/path_evidence.h"

namespace tuner {
namespace {

Result<BenchEvent> measure_transfer(const LoadRun& run, const LoadTurn& turn) {
  const PathWatch watch(run, turn);
  const auto done = TRY(transfer({.variant = turn.variant,
                                  .cpus = run.cpus,
                                  .warm_up = turn.schedule.warm_up,
                                  .round = turn.schedule.round,
                                  .deadline = turn.deadline,
                                  .ask_ktls = asks_kernel(turn.variant.mode),
                                  .events = &run.events},
                                 run.content, run.identity, run.files, run.kernel.ulp_source()));
  auto evidence = TRY(done.proxy ? watch.evidence(done.sender, *done.proxy, done.receiver)
                                 : watch.evidence(done.sender, done.receiver));
  return BenchSample{.variant = turn.row,
                     .round = turn.round,
                     .bytes = done.bytes,
                     .nanoseconds = done.time.count(),
                     .cost = done.cost,
                     .checked_bytes = done.checked_bytes,
                     .evidence = std::move(evidence),
                     .khz = done.khz,
                     .counts = done.counts};
}

}  // namespace

Workload bulk(const LoadRun& run) {
  return {.variants = variants_of(run.choice),
          .limits = true,
          .measure = [&run](const LoadTurn& turn) { return measure_transfer(run, turn); }};
}

}  // namespace tuner
