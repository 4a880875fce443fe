#include "probe/verdict.h"

#include "base/text.h"
#include "probe/evidence_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tuner {
namespace {

// ---- The path of one direction, checked against its evidence

std::int64_t counted(const ProbeEnd& end, std::string_view name) {
  const auto found = end.counters.find(std::string(name));
  return found == end.counters.end() ? 0 : found->second;
}

// How the counters or socket diagnostics of an end contradict its path; empty: they do not. The
// helper has checked them too (evidence.h), but a report may come from elsewhere.
std::string contradiction(const ProbeEnd& end, TlsPath path, const EvidenceDirection& direction) {
  const bool in_kernel = path == TlsPath::Kernel || path == TlsPath::Device;
  const bool device = path == TlsPath::Device;
  if (!in_kernel && path != TlsPath::Userspace) return {};
  const std::int64_t by_nic = counted(end, direction.device);
  if (in_kernel && counted(end, direction.software) + by_nic <= 0) {
    return fmt::format("{} is reported as {}, but neither {} nor {} moved", direction.name,
                       tls_path_name(path), direction.software, direction.device);
  }
  if (device && by_nic <= 0) {
    return fmt::format("{} is reported as device, but {} did not move", direction.name,
                       direction.device);
  }
  if (!end.ulp) {
    if (!device) return {};
    return fmt::format("{} is reported as device, but socket diagnostics do not confirm it",
                       direction.name);
  }
  const std::string& conf =
      direction.direction == TlsDirection::Tx ? end.ulp->txconf : end.ulp->rxconf;
  const std::string_view fits = device ? "hw" : in_kernel ? "sw" : "";
  // User space with "base" agrees: OpenSSL set the ULP and then no key.
  const bool agrees = in_kernel ? conf == fits : conf != "sw" && conf != "hw";
  if (agrees) return {};
  return fmt::format("{} is reported as {}, but socket diagnostics say {}", direction.name,
                     tls_path_name(path), conf);
}

bool failed(const ProbeEnd& end) {
  return end.tx == TlsPath::Failed || end.rx == TlsPath::Failed;
}

bool transfer_failed(const ProbeCell& cell) {
  return !cell.intact || failed(serving_end(cell)) || (cell.client && failed(*cell.client));
}

// There was no handshake because this libssl does not offer the cipher.
bool not_offered(const ProbeCell& cell) {
  return !cell.possible && cell.bytes == 0;
}

// The end of this host.
// Each host judges its own end of a cell that was probed across the wire: the profile says what
// this host should do.
ProbeEnd end_of(const ProbeCell& cell, bool calling) {
  return calling && cell.client ? *cell.client : serving_end(cell);
}

PathFinding finding_for(const ProbeCell& cell, const ProbeEnd& end,
                        const EvidenceDirection& direction) {
  if (transfer_failed(cell)) return TlsPath::Failed;
  const PathFinding& found = direction.direction == TlsDirection::Tx ? end.tx : end.rx;
  const std::string contradicted = contradiction(end, found.path(), direction);
  return contradicted.empty() ? found : PathFinding::unknown(contradicted);
}

// ---- One direction against its expectation

bool meets(TlsPath path, ExpectedPath expected) {
  switch (path) {
    case TlsPath::Unknown:
    case TlsPath::Failed: return false;
    case TlsPath::Device: return expected != ExpectedPath::Userspace;  // device also meets `kernel`
    case TlsPath::Kernel: return expected == ExpectedPath::Kernel || expected == ExpectedPath::Any;
    case TlsPath::Userspace:
      return expected == ExpectedPath::Userspace || expected == ExpectedPath::Any;
  }
  return false;
}

struct Judgement {
  CellResult result = CellResult::Pass;
  std::string because;  // empty: the probe's own reason is enough
};

Judgement judge_direction(const ProbeCell& cell, const PathFinding& found, ExpectedPath expected,
                          const EvidenceDirection& direction, bool loopback) {
  if (found == TlsPath::Failed)
    return {not_offered(cell) ? CellResult::Unsupported : CellResult::Fail, {}};
  if (found == TlsPath::Unknown) return {CellResult::Inconclusive, found.doubt()};
  if (meets(found.path(), expected)) return {};
  // Traffic over lo never reaches a NIC, so neither "failed" nor "as expected" would be true.
  if (expected == ExpectedPath::Device && loopback) {
    return {CellResult::Inconclusive,
            "device is expected, but loopback has no device: probe across the wire"};
  }
  // User space is possible everywhere.
  const bool cannot = !cell.possible && expected != ExpectedPath::Userspace;
  return {cannot ? CellResult::Unsupported : CellResult::Fail,
          fmt::format("{} is {}, expected {}", direction.name, tls_path_name(found.path()),
                      expected_path_name(expected))};
}

// ---- Both directions together

// The order of the exit codes.
int severity(CellResult result) {
  constexpr std::array kFromMild = {CellResult::Pass, CellResult::Inconclusive, CellResult::Fail,
                                    CellResult::Unsupported};
  return static_cast<int>(std::ranges::find(kFromMild, result) - kFromMild.begin());
}

int severity(ProbeVerdict verdict) {
  constexpr std::array kFromMild = {ProbeVerdict::AsExpected,   ProbeVerdict::Inconclusive,
                                    ProbeVerdict::PathNotTaken, ProbeVerdict::Unsafe,
                                    ProbeVerdict::Failed,       ProbeVerdict::Unsupported};
  return static_cast<int>(std::ranges::find(kFromMild, verdict) - kFromMild.begin());
}

template <typename T>
T worse(T a, T b) {
  return severity(a) < severity(b) ? b : a;
}

ProbeVerdict verdict_on(const ProbeCell& cell, CellResult result, ExpectedPath expected) {
  // Before the expectation: a transfer that failed counts also where any path would do.
  if (result == CellResult::Fail && transfer_failed(cell)) return ProbeVerdict::Failed;
  if (expected == ExpectedPath::Any) return ProbeVerdict::AsExpected;
  switch (result) {
    case CellResult::Pass: return ProbeVerdict::AsExpected;
    case CellResult::Fail: return ProbeVerdict::PathNotTaken;
    case CellResult::Unsupported: return ProbeVerdict::Unsupported;
    case CellResult::Inconclusive: return ProbeVerdict::Inconclusive;
  }
  return ProbeVerdict::Failed;
}

// Both reasons; two equal ones are given once.
std::string joined(const std::string& tx, const std::string& rx) {
  if (tx.empty() || tx == rx) return rx;
  return rx.empty() ? tx : tx + ", " + rx;
}

// The judgement, followed by the probe's own reason. Never empty unless the result is Pass.
std::string reason(const ProbeCell& cell, CellResult result, const std::string& judgement) {
  if (!judgement.empty()) return cell.because.empty() ? judgement : judgement + ": " + cell.because;
  if (!cell.because.empty() || result == CellResult::Pass) return cell.because;
  return "the transfer failed, and the probe gave no reason";
}

// The profile's own desired offload becomes an expectation where it fell back: otherwise a NIC that
// refuses every connection would pass, because Any is met by software.
ExpectedPath with_fallback(ExpectedPath expected, bool fell_back) {
  return expected == ExpectedPath::Any && fell_back ? ExpectedPath::Device : expected;
}

bool probed(const ProbeReport& report, TlsVersion version, TlsCipher cipher) {
  return std::ranges::any_of(report.cells, [&](const ProbeCell& cell) {
    return cell.version == version && cell.cipher == cipher;
  });
}

// Expectations for cells that were not probed.
// An expectation that no cell was probed for must not count as met.
ProbeVerdict judge_missing(ProbeReport& report, const Profile& profile) {
  ProbeVerdict verdict = ProbeVerdict::AsExpected;
  for (const PathExpectation& entry : profile.expect) {
    if (entry.tx == ExpectedPath::Any && entry.rx == ExpectedPath::Any) continue;
    for (const TlsCipher cipher : entry.ciphers) {
      if (probed(report, entry.version, cipher)) continue;
      verdict = ProbeVerdict::Inconclusive;
      report.warnings.push_back(fmt::format("{} {} is expected by {} but was not probed",
                                            tls_version_name(entry.version),
                                            tls_cipher_name(cipher), to_text(entry.origin)));
    }
  }
  return verdict;
}

ProbeVerdict verdict_on(const std::optional<JudgedKeyUpdates>& key_updates) {
  if (!key_updates) return ProbeVerdict::Inconclusive;
  switch (key_updates->safety) {
    case KeyUpdateSafety::Safe: return ProbeVerdict::AsExpected;
    case KeyUpdateSafety::Unsafe: return ProbeVerdict::Unsafe;
    case KeyUpdateSafety::Unknown: return ProbeVerdict::Inconclusive;
  }
  return ProbeVerdict::Inconclusive;
}

}  // namespace

std::string_view cell_result_name(CellResult result) {
  return word_of(result);
}

std::string_view probe_verdict_name(ProbeVerdict verdict) {
  return word_of(verdict);
}

ProbeVerdict worse_verdict(ProbeVerdict a, ProbeVerdict b) {
  return worse(a, b);
}

TlsPath JudgedCell::path(TlsDirection direction) const {
  return direction == TlsDirection::Tx ? tx_ : rx_;
}

ExpectedPath JudgedCell::expected(TlsDirection direction) const {
  return direction == TlsDirection::Tx ? expected_tx_ : expected_rx_;
}

ProbeEnd JudgedCell::own_end() const {
  ProbeEnd end = end_of(cell_, calling_);
  end.tx = tx_;
  end.rx = rx_;
  return end;
}

ProbeEnd JudgedCell::serving_end() const {
  return calling_ && cell_.client ? tuner::serving_end(cell_) : own_end();
}

ProbeEnd JudgedCell::calling_end() const {
  return calling_ ? own_end() : cell_.client.value_or(ProbeEnd{});
}

JudgedCell judge_cell(const ProbeCell& cell, const CellQuestion& question) {
  JudgedCell judged;
  judged.cell_ = cell;
  judged.calling_ = question.calling;
  judged.expected_tx_ = with_fallback(question.tx, cell.fell_back_tx);
  judged.expected_rx_ = with_fallback(question.rx, cell.fell_back_rx);
  const ProbeEnd end = end_of(cell, question.calling);
  const auto judge_one = [&](const EvidenceDirection& direction, TlsPath& path,
                             ExpectedPath expected) {
    const PathFinding found = finding_for(cell, end, direction);
    path = found.path();
    return judge_direction(cell, found, expected, direction, question.loopback);
  };
  const Judgement tx = judge_one(kTransmit, judged.tx_, judged.expected_tx_);
  const Judgement rx = judge_one(kReceive, judged.rx_, judged.expected_rx_);
  judged.result_ = worse(tx.result, rx.result);
  judged.verdict_ = worse(verdict_on(cell, tx.result, judged.expected_tx_),
                          verdict_on(cell, rx.result, judged.expected_rx_));
  judged.because_ = reason(cell, judged.result_, joined(tx.because, rx.because));
  return judged;
}

bool expects_safe_key_updates(const Profile& profile) {
  return std::ranges::count(profile.safe, SafeProperty::KeyUpdate) > 0;
}

JudgedReport judge(ProbeReport report, const Profile& profile) {
  JudgedReport judged;
  judged.report_ = std::move(report);
  judged.verdict_ = judge_missing(judged.report_, profile);
  for (const ProbeCell& cell : judged.report_.cells) {
    const PathExpectation expected = expectation_for(profile, cell.version, cell.cipher);
    judged.cells_.push_back(judge_cell(cell, {.tx = expected.tx,
                                              .rx = expected.rx,
                                              .loopback = judged.report_.mode == "loopback",
                                              .calling = judged.report_.mode == "connect"}));
    judged.verdict_ = worse(judged.verdict_, judged.cells_.back().verdict());
  }
  if (judged.report_.key_updates)
    judged.key_updates_ = judge_key_updates(*judged.report_.key_updates);
  if (judged.report_.kernel_trials)
    judged.kernel_trials_ = judge_kernel_trials(*judged.report_.kernel_trials);
  judged.expects_safe_key_updates_ = expects_safe_key_updates(profile);
  if (judged.expects_safe_key_updates_)
    judged.verdict_ = worse(judged.verdict_, verdict_on(judged.key_updates_));
  return judged;
}

}  // namespace tuner
