#include "bench/load/messages.h"

#include "bench/load/message.h"
#include "bench/load/message_transfer.h"
#include "bench/load/path_evidence.h"

namespace tuner {
namespace {

// Long enough for kMostMessages; with more time there are more rounds, and so more pairs.
constexpr std::chrono::nanoseconds kLongestMessageRound = std::chrono::milliseconds(150);

std::vector<BenchVariant> variants() {
  std::vector<BenchVariant> all{{.mode = BenchMode::Plain}};
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const BenchMode mode : {BenchMode::Tls, BenchMode::KtlsReceive})
      all.push_back({.mode = mode, .version = version, .cipher = TlsCipher::Aes128Gcm});
  }
  return all;
}

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
  return {.variants = variants(),
          .longest_round = kLongestMessageRound,
          .measure = [&run](const LoadTurn& turn) { return measure_messages(run, turn); },
          .describe =
              [](BenchStart& start) {
                start.content_bytes = kMessageBytes;
                start.call_bytes = kMessageBytes;
              }};
}

}  // namespace tuner
