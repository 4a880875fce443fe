#include "bench/load/messages.h"

#include "bench/choice.h"
#include "bench/load/message.h"
#include "bench/load/message_transfer.h"
#include "bench/load/path_evidence.h"

namespace tuner {
namespace {

// Long enough for kMostMessages; with more time there are more rounds, and so more pairs.
constexpr std::chrono::nanoseconds kLongestMessageRound = std::chrono::milliseconds(150);

Result<BenchEvent> measure_messages(const LoadRun& run, const LoadTurn& turn) {
  const PathWatch watch(run, turn);
  auto done = TRY(transfer_messages({.variant = turn.variant,
                                     .cpus = run.cpus,
                                     .warm_up = turn.schedule.warm_up,
                                     .round = turn.schedule.round,
                                     .deadline = turn.deadline,
                                     .ask_ktls = asks_kernel(turn.variant.mode)},
                                    run.identity, run.tap, run.kernel.ulp_source()));
  return MessageSample{.variant = turn.row,
                       .round = turn.round,
                       .marked = std::move(done.marked),
                       .checked_bytes = done.checked_bytes,
                       .evidence = TRY(watch.evidence(done.sender, done.receiver))};
}

}  // namespace

Workload messages(const LoadRun& run) {
  return {.variants = rows_of(BenchWorkload::Messages, run.choice),
          .longest_round = kLongestMessageRound,
          .measure = [&run](const LoadTurn& turn) { return measure_messages(run, turn); },
          .describe =
              [](BenchStart& start) {
                start.content_bytes = kMessageBytes;
                start.call_bytes = kMessageBytes;
              }};
}

}  // namespace tuner
