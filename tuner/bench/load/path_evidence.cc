#include "bench/load/path_evidence.h"

#include "probe/explain.h"
#include "probe/handshake/cell.h"

namespace tuner {

PathWatch::PathWatch(const LoadRun& run, const LoadTurn& turn)
    : run_(run), turn_(turn), before_(read_tls_stat(run.files)) {}

Result<BenchEvidence> PathWatch::evidence(const EndEvidence& sender,
                                          const EndEvidence& receiver) const {
  const BenchVariant& variant = turn_.variant;
  if (!is_tls(variant.mode)) return BenchEvidence{};
  const auto counters = counted(before_, read_tls_stat(run_.files));
  Evidence evidence{.version = variant.version.value(),
                    .cipher = variant.cipher.value(),
                    .server = sender,
                    .client = receiver,
                    .own_namespace = run_.own_namespace};
  set_counters(evidence, counters);
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
