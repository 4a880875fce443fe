#include "probe/handshake/loopback.h"

#include "probe/explain.h"
#include "probe/handshake/library.h"
#include "probe/handshake/session.h"
#include "probe/verdict.h"
#include "probe/warnings.h"
#include "probe/witness.h"

namespace tuner {
namespace {

// What all cells of one run share.
struct Run {
  const FileTree& files;
  const KernelSight& kernel;
  const LoopbackOptions& options;
  const LibraryFacts& library;
  const Identity& identity;
  Payload to_server;
  Payload to_client;

  bool asks() const { return options.ask_ktls && kernel.tls_loaded; }
};

ProbeCell failed_cell(const CellKey& key, const Error& error) {
  return {.version = key.version,
          .cipher = key.cipher,
          .possible = error.fault != Fault::Unsupported,
          .because = error.text};
}

// The kernel's own refusal is worth asking for only where something was refused.
std::optional<KernelOffer> offer_for(const Run& run, const CellKey& key, const Finding& finding) {
  const bool complete = finding.tx != TlsPath::Userspace && finding.rx != TlsPath::Userspace;
  if (!run.asks() || complete) return std::nullopt;
  const auto offer = ask_kernel(key, run.options.deadline);
  if (!offer) return std::nullopt;
  return *offer;
}

Explanation explain_cell(const Run& run, const CellKey& key, const Finding& finding) {
  return explain({.asked = run.options.ask_ktls,
                  .tls = run.kernel.tls,
                  .tls_loaded = run.kernel.tls_loaded,
                  .library = run.library,
                  .version = key.version,
                  .cipher = key.cipher,
                  .offer = offer_for(run, key, finding),
                  .tx = finding.tx != TlsPath::Userspace,
                  .rx = finding.rx != TlsPath::Userspace});
}

std::optional<UlpInfo> ulp_of(const EndEvidence& end) {
  if (!end.diagnostics || end.diagnostics->name != "tls") return std::nullopt;
  return UlpInfo{.version = tls_info_version(end.diagnostics->version),
                 .cipher = tls_info_cipher(end.diagnostics->cipher),
                 .txconf = tls_info_conf(end.diagnostics->txconf),
                 .rxconf = tls_info_conf(end.diagnostics->rxconf)};
}

std::optional<TlsStatDelta> counted(const std::optional<TlsStat>& before,
                                    const std::optional<TlsStat>& after) {
  if (!after) return std::nullopt;
  return tls_stat_delta(before.value_or(TlsStat{}), *after);
}

// The finding of a connection that worked.
void settle(ProbeCell& cell, const Run& run, const CellKey& key, const Finding& finding) {
  cell.intact = finding.broken.empty();
  cell.tx = finding.tx;
  cell.rx = finding.rx;
  cell.doubt = finding.doubt;
  const Explanation explanation = explain_cell(run, key, finding);
  cell.possible = explanation.possible;
  for (const std::string& reason : {finding.broken, explanation.because, finding.remark}) {
    if (!reason.empty()) cell.because += (cell.because.empty() ? "" : "; ") + reason;
  }
}

ProbeCell probe_cell(const Run& run, const CellKey& key) {
  const auto before = read_tls_stat(run.files);
  const SessionWish wish{.cell = key,
                         .ask_ktls = run.asks(),
                         .ask_diagnostics = run.kernel.tls_loaded,
                         .deadline = run.options.deadline};
  const auto session = run_session(wish, run.identity, run.to_server, run.to_client);
  if (!session) return failed_cell(key, session.error());
  const auto counters = counted(before, read_tls_stat(run.files));
  ProbeCell cell{.version = key.version, .cipher = key.cipher, .cipher_suite = session->suite};
  cell.bytes = session->bytes;
  cell.counters = counters.value_or(TlsStatDelta{});
  cell.ulp = ulp_of(session->server);
  if (session->trouble) {
    cell.because = session->trouble->text;
    return cell;
  }
  settle(cell, run, key,
         weigh({.version = key.version,
                .cipher = key.cipher,
                .server = session->server,
                .client = session->client,
                .counters = counters,
                .own_namespace = run.options.own_namespace}));
  return cell;
}

}  // namespace

std::vector<CellKey> usual_cells() {
  std::vector<CellKey> cells;
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const TlsCipher cipher :
         {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm, TlsCipher::Chacha20Poly1305}) {
      cells.push_back({version, cipher});
    }
  }
  return cells;
}

Result<ProbeReport> probe_loopback(const FileTree& files, const KernelSight& kernel,
                                   const LoopbackOptions& options) {
  const auto identity = make_identity();
  if (!identity) return fail(identity.error());
  auto library = library_facts(*identity);
  if (!library) return fail(library.error());
  ProbeReport report{.own_namespace = options.own_namespace, .library = std::move(*library)};
  const Run run{.files = files,
                .kernel = kernel,
                .options = options,
                .library = report.library,
                .identity = *identity,
                .to_server = make_payload(1, options.bytes_each_way),
                .to_client = make_payload(2, options.bytes_each_way)};
  for (const CellKey& key : options.cells) report.cells.push_back(probe_cell(run, key));
  report.warnings = probe_warnings(report, counts_rekeys(read_tls_stat(files).value_or(TlsStat{})));
  judge(report, Profile{});
  return report;
}

}  // namespace tuner
