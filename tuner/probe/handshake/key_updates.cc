#include "probe/handshake/key_updates.h"

#include "probe/handshake/key_update_session.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBytesEachWay = 64U << 10U;
// A case takes milliseconds, with an emulated CPU up to a second. A thousand new keys take as many
// calls into the kernel and allocations of its ciphers.
constexpr seconds kCaseLimit{10};
constexpr seconds kStormLimit{30};

struct Trying {
  CellContext around;
  const Identity& identity;
  bool own_namespace = false;
  Payloads payloads;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
};

Deadline limit_of(const Trying& trying, const KeyUpdateCase& what) {
  const bool storm = what.by_peer + what.by_ktls > 2;
  return std::min<Deadline>(trying.around.deadline,
                            SteadyClock::now() + (storm ? kStormLimit : kCaseLimit));
}

// Sets the paths of the end under test. Returns why the case would prove nothing; empty: it would.
std::string find_paths(KeyUpdateTrial& trial, const Trying& trying, const KeyUpdateEnds& ends,
                       const Result<TlsCounters>& before) {
  const AskUlp ask = trying.around.kernel.ulp_source();
  const EndEvidence ktls = evidence_of(*ends.ktls, ends.socket_ktls(), ask);
  const EndEvidence peer = evidence_of(*ends.peer, ends.socket_peer(), ask);
  const bool server = trial.role == TlsRole::Server;
  Evidence evidence{.version = TlsVersion::Tls13,
                    .cipher = trying.cipher,
                    .server = server ? ktls : peer,
                    .client = server ? peer : ktls,
                    .role = trial.role,
                    .own_namespace = trying.own_namespace};
  set_counters(evidence, counted(before, read_tls_stat(trying.around.files)));
  const Finding finding = weigh(evidence);
  trial.tx = finding.tx;
  trial.rx = finding.rx;
  if (!finding.broken.empty()) return finding.broken + " before the KeyUpdate";
  if (trial.tx != TlsPath::Userspace || trial.rx != TlsPath::Userspace) return {};
  ProbeCell cell{.version = TlsVersion::Tls13, .cipher = trying.cipher};
  fill_in(cell, trying.around, finding);
  return "TLS 1.3 is not in the kernel: " + cell.because;
}

// Why the case breaks without kTLS too; empty: it does not.
std::string without_ktls(const Trying& trying, const KeyUpdateCase& what, TlsRole role) {
  auto ends = key_update_ends(role, trying.cipher, false, trying.identity, limit_of(trying, what));
  if (!ends) return ends.error().text;
  if (const EndErrors errors = open_connection(*ends, trying.payloads); errors.any())
    return error_words(errors);
  return error_words(execute_case(*ends, what, trying.payloads));
}

void set_result(KeyUpdateTrial& trial, const EndErrors& errors, const Trying& trying,
                const KeyUpdateCase& what) {
  if (!errors.any()) {
    trial.result = KeyUpdateResult::Ok;
    return;
  }
  trial.because = error_words(errors);
  if (SteadyClock::now() >= trying.around.deadline) return;  // not done: the probe's time is over
  // What breaks without the kernel, too, is no fault of kernel TLS.
  if (auto also = without_ktls(trying, what, trial.role); !also.empty()) {
    trial.because =
        fmt::format("{}; without kTLS the case does not pass either: {}", trial.because, also);
    return;
  }
  trial.result = KeyUpdateResult::Broken;
  trial.noticed = noticed_by(errors);
}

KeyUpdateTrial try_case(const Trying& trying, const KeyUpdateCase& what, TlsRole role) {
  KeyUpdateTrial trial{.number = what.number, .role = role};
  const auto before = read_tls_stat(trying.around.files);
  auto ends = key_update_ends(role, trying.cipher, trying.around.asks(), trying.identity,
                              limit_of(trying, what));
  if (!ends) {
    trial.because = ends.error().text;
    return trial;
  }
  if (const EndErrors errors = open_connection(*ends, trying.payloads); errors.any()) {
    trial.because = "before the KeyUpdate: " + error_words(errors);
    return trial;
  }
  trial.because = find_paths(trial, trying, *ends, before);
  if (!trial.because.empty()) return trial;
  // Read again: from here on only the KeyUpdates move the counters, no longer the handshake.
  const auto opened = read_tls_stat(trying.around.files);
  const EndErrors errors = execute_case(*ends, what, trying.payloads);
  trial.counters = counted(opened, read_tls_stat(trying.around.files)).value_or(TlsStatDelta{});
  set_result(trial, errors, trying, what);
  return trial;
}

}  // namespace

KeyUpdateRun try_key_updates(const CellContext& around, const Identity& identity,
                             bool own_namespace) {
  const Trying trying{.around = around,
                      .identity = identity,
                      .own_namespace = own_namespace,
                      .payloads = make_payloads(kBytesEachWay)};
  KeyUpdateRun run{
      .cipher = trying.cipher,
      .kernel_counts = counts_rekeys(read_tls_stat(around.files).value_or(TlsCounters{}))};
  for (const KeyUpdateCase& what : kKeyUpdateCases) {
    for (const TlsRole role : kTlsRoles) run.trials.push_back(try_case(trying, what, role));
  }
  return run;
}

}  // namespace tuner
