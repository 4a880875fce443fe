#include "probe/handshake/connection/cell.h"

#include "probe/explain.h"

namespace tuner {
namespace {

// ask_kernel() makes a connection and moves the TLS counters: only if a direction stayed in user
// space.
std::optional<KernelAnswer> offer_for(const CellContext& around, const CellKey& key,
                                      const Finding& finding) {
  const bool complete = finding.tx != TlsPath::Userspace && finding.rx != TlsPath::Userspace;
  if (!around.asks() || complete) return std::nullopt;
  const auto offer = ask_kernel(key, around.deadline);
  if (!offer) return std::nullopt;
  return *offer;
}

Explanation explain_cell(const CellContext& around, const CellKey& key, const Finding& finding) {
  return explain({.asked = around.ask_ktls,
                  .tls = around.kernel.tls,
                  .tls_loaded = around.kernel.tls_loaded,
                  .library = around.library,
                  .version = key.version,
                  .cipher = key.cipher,
                  .offer = offer_for(around, key, finding),
                  .tx = finding.tx != TlsPath::Userspace,
                  .rx = finding.rx != TlsPath::Userspace});
}

}  // namespace

// Unsupported comes from context(): this libssl does not offer the cipher, so the cell is
// impossible and not failed.
ProbeCell failed_cell(const CellKey& key, const Error& error) {
  return {.version = key.version,
          .cipher = key.cipher,
          .possible = error.fault != Fault::Unsupported,
          .because = error.text};
}

// The file is absent until the module is loaded. Absent means zero only before the cell; after it
// the file must exist.
Result<TlsStatDelta> counted(const Result<TlsCounters>& before, const Result<TlsCounters>& after) {
  if (!after) return fail(after.error());
  if (!before && !is_absent(before.error())) return fail(before.error());
  return tls_stat_delta(before.value_or(TlsCounters{}), *after);
}

// Another ULP, such as "mptcp", uses the same attributes.
std::optional<UlpInfo> ulp_of(const EndEvidence& end) {
  if (!end.diagnostics || end.diagnostics->name != "tls") return std::nullopt;
  return UlpInfo{.version = tls_info_version(end.diagnostics->version),
                 .cipher = tls_info_cipher(end.diagnostics->cipher),
                 .txconf = tls_info_conf(end.diagnostics->txconf),
                 .rxconf = tls_info_conf(end.diagnostics->rxconf)};
}

void fill_in(ProbeCell& cell, const CellContext& around, const Finding& finding) {
  cell.intact = finding.broken.empty();
  cell.tx = finding.tx;
  cell.rx = finding.rx;
  cell.counters_by_others = finding.by_others;
  const Explanation explanation = explain_cell(around, {cell.version, cell.cipher}, finding);
  cell.possible = explanation.possible;
  // What is wrong comes first, what is only worth knowing last.
  for (const std::string& reason : {finding.broken, explanation.because, finding.remark}) {
    if (!reason.empty()) cell.because += (cell.because.empty() ? "" : "; ") + reason;
  }
}

}  // namespace tuner
