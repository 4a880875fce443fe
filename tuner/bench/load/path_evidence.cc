#include "bench/load/path_evidence.h"

#include "bench/connection_counters.h"
#include "probe/evidence_sources.h"
#include "probe/explain.h"
#include "probe/handshake/connection/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// net/tls/tls_device.c alone looks at the option; software needs a place for what it encrypts.
constexpr const char* kCopies =
    "the kernel accepts TLS_TX_ZEROCOPY_RO, which only a NIC's offload uses: in software it is "
    "ktls-sendfile";

Result<TlsStatDelta> without(const Result<TlsStatDelta>& counters,
                             const std::array<EndEvidence, 2>& ends) {
  if (!counters) return counters;
  TlsStatDelta rest = *counters;
  for (const auto& [name, explained] : explained_counters(ends)) rest[name] -= explained;
  // A delta holds only what moved.
  std::erase_if(rest, [](const auto& one) { return one.second == 0; });
  return rest;
}

bool all_equal(std::span<const EndEvidence> ends) {
  return std::ranges::all_of(ends, [&](const EndEvidence& end) { return end == ends.front(); });
}

// A proxy has a label only if both of its sockets have the same.
PathFinding common_path(const PathFinding& received, const PathFinding& sent) {
  if (received == TlsPath::Unknown || received == sent.path()) return received;
  if (sent == TlsPath::Unknown) return sent;
  return PathFinding::unknown(fmt::format("the proxy received in {} and sent in {}",
                                          word_of(received.path()), word_of(sent.path())));
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
  if (!is_tls(turn_.variant.mode)) return BenchEvidence{};
  const auto counters = counted(before_, read_tls_stat(run_.files));
  auto share = counters;
  if (counters) share = counters_of_one(*counters, connections, run_.own_namespace);
  if (counters && !share)
    return BenchEvidence{.path = PathFinding::unknown(share.error().text),
                         .counters = *counters,
                         .ulp = ulp_of(sender),
                         .because = {}};
  const bool receive = turn_.variant.mode == BenchMode::KtlsReceive;
  const Finding finding =
      TRY(find(sender, receiver, receive ? TlsRole::Client : TlsRole::Server, share));
  return made(receive ? finding.rx : finding.tx, receive ? receiver : sender, finding.remark,
              counters);
}

// tls_stat counts both connections: what the ends of the other one explain is taken off.
Result<BenchEvidence> PathWatch::evidence(const EndEvidence& sender, const ProxyEvidence& proxy,
                                          const EndEvidence& receiver) const {
  const auto counters = counted(before_, read_tls_stat(run_.files));
  const Finding in = TRY(
      find(sender, proxy.receiving, TlsRole::Client, without(counters, {proxy.sending, receiver})));
  const Finding out = TRY(
      find(proxy.sending, receiver, TlsRole::Server, without(counters, {sender, proxy.receiving})));
  return made(common_path(in.rx, out.tx), proxy.sending, out.remark, counters);
}

Result<Finding> PathWatch::find(const EndEvidence& server, const EndEvidence& client, TlsRole role,
                                const Result<TlsStatDelta>& counters) const {
  Evidence evidence{.version = turn_.variant.version.value(),
                    .cipher = turn_.variant.cipher.value(),
                    .server = server,
                    .client = client,
                    .role = role,
                    .own_namespace = run_.own_namespace};
  set_counters(evidence, counters);
  Finding finding = weigh(evidence);
  if (!finding.broken.empty()) return fail(Fault::Io, finding.broken);
  return finding;
}

BenchEvidence PathWatch::made(const PathFinding& path, const EndEvidence& end,
                              const std::string& remark,
                              const Result<TlsStatDelta>& counters) const {
  BenchEvidence evidence{.path = path,
                         .counters = counters.value_or(TlsStatDelta{}),
                         .ulp = ulp_of(end),
                         .because = remark};
  const BenchMode mode = turn_.variant.mode;
  if (asks_kernel(mode) && path == TlsPath::Userspace)
    evidence.because = why_not_in_kernel(run_, turn_.variant, turn_.deadline);
  if (mode == BenchMode::KtlsZerocopy && path == TlsPath::Kernel) evidence.because = kCopies;
  return evidence;
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
