#include "probe/handshake/loopback.h"

#include "probe/evidence.h"
#include "probe/handshake/connection/cell.h"
#include "probe/handshake/key_updates.h"
#include "probe/handshake/library.h"
#include "probe/handshake/session.h"
#include "probe/handshake/trials/kernel_trials.h"
#include "probe/warnings.h"

namespace tuner {
namespace {

struct Run {
  CellContext around;
  const Identity& identity;
  Payloads payloads;
  bool own_namespace = false;
};

// The counters are read around this one connection, so a cell's count belongs to it.
ProbeCell probe_cell(const Run& run, const CellKey& key) {
  const auto before = read_tls_stat(run.around.files);
  const SessionOptions options{.cell = key,
                               .ask_ktls = run.around.asks(),
                               .ask_ulp = run.around.kernel.ulp_source(),
                               .deadline = run.around.deadline};
  const auto session = run_session(options, run.identity, run.payloads);
  if (!session) return failed_cell(key, session.error());
  const auto counters = counted(before, read_tls_stat(run.around.files));
  ProbeCell cell{.version = key.version, .cipher = key.cipher, .cipher_suite = session->suite};
  cell.bytes = session->bytes;
  cell.counters = counters.value_or(TlsStatDelta{});
  cell.ulp = ulp_of(session->server);
  if (session->trouble) {
    cell.because = session->trouble->text;
    return cell;
  }
  Evidence evidence{.version = key.version,
                    .cipher = key.cipher,
                    .server = session->server,
                    .client = session->client,
                    .own_namespace = run.own_namespace};
  set_counters(evidence, counters);
  fill_in(cell, run.around, weigh(evidence));
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

Result<ProbeReport> probe_loopback(const FileTree& files, const KernelTls& kernel,
                                   const LoopbackOptions& options) {
  const auto identity = TRY(make_identity());
  auto library = TRY(library_facts(identity));
  ProbeReport report{.own_namespace = options.own_namespace, .library = std::move(library)};
  const Run run{.around = {.files = files,
                           .kernel = kernel,
                           .library = report.library,
                           .deadline = options.deadline,
                           .ask_ktls = options.ask_ktls},
                .identity = identity,
                .payloads = make_payloads(options.bytes_each_way),
                .own_namespace = options.own_namespace};
  // One after the other: two cells at once would share the counters.
  for (const CellKey& key : options.cells) report.cells.push_back(probe_cell(run, key));
  if (options.key_updates)
    report.key_updates = try_key_updates(run.around, identity, options.own_namespace);
  if (options.kernel_trials != nullptr)
    report.kernel_trials = try_kernel(run.around, options.own_namespace, *options.kernel_trials);
  report.warnings =
      probe_warnings(report, counts_rekeys(read_tls_stat(files).value_or(TlsCounters{})));
  return report;
}

}  // namespace tuner
