#include "bench/load/path_evidence.h"

#include "bench/connection_counters.h"
#include "probe/explain.h"
#include "probe/handshake/cell.h"

#include <algorithm>

namespace tuner {
namespace {

bool all_equal(std::span<const EndEvidence> ends) {
  return std::ranges::all_of(ends, [&](const EndEvidence& end) { return end == ends.front(); });
}

}  // namespace

PathWatch::PathWatch(const LoadRun& run, const LoadTurn& turn)
    : run_(run), turn_(turn), before_(read_tls_stat(run.files)) {}

Result<BenchEvidence> PathWatch::evidence(const EndEvidence& sender,
                                          const EndEvidence& receiver) const {
  return evidence(sender, receiver, 1);
}

Result<BenchEvidence> PathWatch::evidence(std::span<const EndEvidence> senders,
                                          std::span<const EndEvidence> receivers) const {
  auto made = TRY(evidence(senders.front(), receivers.front(), senders.size()));
  if (is_tls(turn_.variant.mode) && (!all_equal(senders) || !all_equal(receivers)))
    made.path = PathFinding::unknown("the connections took different paths");
  return made;
}

Result<BenchEvidence> PathWatch::evidence(const EndEvidence& sender, const EndEvidence& receiver,
                                          std::uint64_t connections) const {
  const BenchVariant& variant = turn_.variant;
  if (!is_tls(variant.mode)) return BenchEvidence{};
  const auto counters = counted(before_, read_tls_stat(run_.files));
  Evidence evidence{.version = variant.version.value(),
                    .cipher = variant.cipher.value(),
                    .server = sender,
                    .client = receiver,
                    .own_namespace = run_.own_namespace};
  auto of_one = counters;
  if (counters) of_one = counters_of_one(*counters, connections, run_.own_namespace);
  if (counters && !of_one)
    return BenchEvidence{.path = PathFinding::unknown(of_one.error().text),
                         .counters = *counters,
                         .ulp = ulp_of(sender),
                         .because = {}};
  set_counters(evidence, of_one);
  const Finding finding = weigh(evidence);
  if (!finding.broken.empty()) return fail(Fault::Io, finding.broken);
  BenchEvidence made{.path = finding.tx,
                     .counters = counters.value_or(TlsStatDelta{}),
                     .ulp = ulp_of(sender),
                     .because = finding.remark};
  if (asks_kernel(variant.mode) && finding.tx == TlsPath::Userspace)
    made.because = why_not_in_kernel(run_, variant, turn_.deadline);
  return made;
}

std::string why_not_in_kernel(const LoadRun& run, const BenchVariant& variant, Deadline deadline) {
  const CellKey key{.version = variant.version.value(), .cipher = variant.cipher.value()};
  std::optional<KernelAnswer> offer;
  if (run.kernel.tls_loaded) {
    if (const auto answer = ask_kernel(key, deadline)) offer = *answer;
  }
  // Only sending is asked for.
  return explain({.tls = run.kernel.tls,
                  .tls_loaded = run.kernel.tls_loaded,
                  .library = run.library,
                  .version = key.version,
                  .cipher = key.cipher,
                  .offer = offer,
                  .tx = false,
                  .rx = true})
      .because;
}

}  // namespace tuner
