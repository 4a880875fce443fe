#include "bench/load/path_evidence.h"

#include "probe/explain.h"
#include "probe/handshake/cell.h"

#include <algorithm>

namespace tuner {
namespace {

bool all_equal(std::span<const EndEvidence> ends) {
  return std::ranges::all_of(ends, [&](const EndEvidence& end) { return end == ends.front(); });
}

// The share of one of so many connections, which weigh() judges. A counter that they do not share
// alike stays whole, and contradicts what each of them says.
TlsStatDelta of_one(TlsStatDelta counters, std::int64_t connections) {
  for (auto& [name, moved] : counters) {
    if (moved % connections == 0) moved /= connections;
  }
  return counters;
}

}  // namespace

PathWatch::PathWatch(const LoadRun& run, const LoadTurn& turn)
    : run_(run), turn_(turn), before_(read_tls_stat(run.files)) {}

Result<BenchEvidence> PathWatch::evidence(const EndEvidence& sender,
                                          const EndEvidence& receiver) const {
  return evidence(std::span(&sender, 1), std::span(&receiver, 1));
}

Result<BenchEvidence> PathWatch::evidence(std::span<const EndEvidence> senders,
                                          std::span<const EndEvidence> receivers) const {
  const BenchVariant& variant = turn_.variant;
  if (!is_tls(variant.mode)) return BenchEvidence{};
  const bool receive = asks_to_receive(variant.mode);
  const auto all_counters = counted(before_, read_tls_stat(run_.files));
  auto counters = all_counters;
  if (counters) counters = of_one(*counters, static_cast<std::int64_t>(senders.size()));
  Evidence evidence{.version = variant.version.value(),
                    .cipher = variant.cipher.value(),
                    .server = senders.front(),
                    .client = receivers.front(),
                    .role = receive ? TlsRole::Client : TlsRole::Server,
                    .own_namespace = run_.own_namespace};
  set_counters(evidence, counters);
  const Finding finding = weigh(evidence);
  if (!finding.broken.empty()) return fail(Fault::Io, finding.broken);
  BenchEvidence made{.path = receive ? finding.rx : finding.tx,
                     .counters = all_counters.value_or(TlsStatDelta{}),
                     .ulp = ulp_of((receive ? receivers : senders).front()),
                     .because = finding.remark};
  if (!all_equal(senders) || !all_equal(receivers))
    made.path = PathFinding::unknown("the connections took different paths");
  if (asks_kernel(variant.mode) && made.path == TlsPath::Userspace)
    made.because = why_not_in_kernel(run_, variant, turn_.deadline);
  return made;
}

std::string why_not_in_kernel(const LoadRun& run, const BenchVariant& variant, Deadline deadline) {
  const CellKey key{.version = variant.version.value(), .cipher = variant.cipher.value()};
  std::optional<KernelAnswer> offer;
  if (run.kernel.tls_loaded) {
    if (const auto answer = ask_kernel(key, deadline)) offer = *answer;
  }
  // A direction that is not asked for needs no reason.
  return explain({.tls = run.kernel.tls,
                  .tls_loaded = run.kernel.tls_loaded,
                  .library = run.library,
                  .version = key.version,
                  .cipher = key.cipher,
                  .offer = offer,
                  .tx = !asks_to_send(variant.mode),
                  .rx = !asks_to_receive(variant.mode)})
      .because;
}

}  // namespace tuner
