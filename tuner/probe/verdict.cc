#include "probe/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace tuner {
namespace {

using CellResult = ProbeCell::Result;

bool meets_path(TlsPath path, ExpectedPath expected) {
  switch (expected) {
    case ExpectedPath::Any: return true;
    case ExpectedPath::Userspace: return path == TlsPath::Userspace;
    case ExpectedPath::Kernel: return path == TlsPath::Kernel || path == TlsPath::Device;
    case ExpectedPath::Device: return path == TlsPath::Device;
  }
  return false;
}

bool expects_anything(const ProbeCell& cell) {
  return cell.expected_tx != ExpectedPath::Any || cell.expected_rx != ExpectedPath::Any;
}

bool unprovable_on(const ProbeReport& report, TlsPath path, ExpectedPath expected) {
  return expected == ExpectedPath::Device && path != TlsPath::Device && report.mode == "loopback";
}

// "transmit went through user space, kernel was expected"; empty where it is as expected, and where
// loopback cannot tell.
std::string mismatch(const ProbeReport& report, std::string_view direction, TlsPath path,
                     ExpectedPath expected) {
  if (meets_path(path, expected) || unprovable_on(report, path, expected)) return {};
  return fmt::format("{} is {}, expected {}", direction, tls_path_name(path),
                     expected_path_name(expected));
}

struct Judgement {
  CellResult result = CellResult::Pass;
  std::string because;  // what judging has to say; the probe's own reason is added behind it
};

Judgement compare(const ProbeReport& report, const ProbeCell& cell) {
  const ProbeEnd end = own_end(report, cell);
  const std::string tx = mismatch(report, "transmit", end.tx, cell.expected_tx);
  const std::string rx = mismatch(report, "receive", end.rx, cell.expected_rx);
  if (!tx.empty() || !rx.empty()) {
    return {cell.possible ? CellResult::Fail : CellResult::Unsupported,
            tx + (tx.empty() || rx.empty() ? "" : ", ") + rx};
  }
  if (cell.fell_back) {
    return {CellResult::Fail,
            "the profile wants TLS in the NIC, it is on there, and software did it"};
  }
  if (unprovable_on(report, end.tx, cell.expected_tx) ||
      unprovable_on(report, end.rx, cell.expected_rx)) {
    return {CellResult::Inconclusive,
            "a path through the device is expected, and loopback has no device: probe across the "
            "wire"};
  }
  return {};
}

// No handshake was possible, because this libssl does not offer the cipher.
bool not_offered(const ProbeCell& cell) {
  return !cell.possible && cell.bytes == 0;
}

bool failed(const ProbeEnd& end) {
  return end.tx == TlsPath::Failed || end.rx == TlsPath::Failed;
}

bool went_wrong(const ProbeCell& cell) {
  return !cell.intact || failed(serving_end(cell)) || (cell.client && failed(*cell.client));
}

Judgement judge_cell(const ProbeReport& report, const ProbeCell& cell) {
  if (not_offered(cell)) return {CellResult::Unsupported, {}};
  if (went_wrong(cell)) return {CellResult::Fail, {}};
  if (!cell.doubt.empty()) return {CellResult::Inconclusive, cell.doubt};
  return compare(report, cell);
}

// The judgement goes in front of the probe's own reason, once.
void explain_result(ProbeCell& cell, const std::string& judgement) {
  if (judgement.empty() || cell.because.starts_with(judgement)) return;
  cell.because = cell.because.empty() ? judgement : judgement + ": " + cell.because;
}

ProbeVerdict verdict_of(const ProbeCell& cell) {
  if (cell.result == CellResult::Pass) return ProbeVerdict::AsExpected;
  if (cell.result == CellResult::Fail && went_wrong(cell)) return ProbeVerdict::Failed;
  if (!expects_anything(cell) && !cell.fell_back) return ProbeVerdict::AsExpected;
  if (cell.result == CellResult::Inconclusive) return ProbeVerdict::Inconclusive;
  if (cell.result == CellResult::Unsupported) return ProbeVerdict::Unsupported;
  return ProbeVerdict::PathNotTaken;
}

int severity(ProbeVerdict verdict) {
  constexpr std::array kFromMildToSevere = {ProbeVerdict::AsExpected, ProbeVerdict::Inconclusive,
                                            ProbeVerdict::PathNotTaken, ProbeVerdict::Failed,
                                            ProbeVerdict::Unsupported};
  return static_cast<int>(std::ranges::find(kFromMildToSevere, verdict) -
                          kFromMildToSevere.begin());
}

ProbeVerdict worse(ProbeVerdict a, ProbeVerdict b) {
  return severity(a) < severity(b) ? b : a;
}

bool probed(const ProbeReport& report, TlsVersion version, TlsCipher cipher) {
  return std::ranges::any_of(report.cells, [&](const ProbeCell& cell) {
    return cell.version == version && cell.cipher == cipher;
  });
}

// Cells that the profile speaks of and the probe did not look at.
ProbeVerdict judge_missing(ProbeReport& report, const Profile& profile) {
  ProbeVerdict verdict = ProbeVerdict::AsExpected;
  for (const PathExpectation& entry : profile.expect) {
    if (entry.tx == ExpectedPath::Any && entry.rx == ExpectedPath::Any) continue;
    for (const TlsCipher cipher : entry.ciphers) {
      if (probed(report, entry.version, cipher)) continue;
      verdict = ProbeVerdict::Inconclusive;
      std::string warning =
          fmt::format("{} {} is expected by {} and was not probed", tls_version_name(entry.version),
                      tls_cipher_name(cipher), to_text(entry.origin));
      if (std::ranges::count(report.warnings, warning) == 0) report.warnings.push_back(warning);
    }
  }
  return verdict;
}

}  // namespace

std::string_view probe_verdict_name(ProbeVerdict verdict) {
  switch (verdict) {
    case ProbeVerdict::AsExpected: return "as_expected";
    case ProbeVerdict::PathNotTaken: return "path_not_taken";
    case ProbeVerdict::Unsupported: return "unsupported";
    case ProbeVerdict::Inconclusive: return "inconclusive";
    case ProbeVerdict::Failed: return "failed";
  }
  return "failed";
}

ProbeVerdict judge(ProbeReport& report, const Profile& profile) {
  ProbeVerdict verdict = judge_missing(report, profile);
  for (ProbeCell& cell : report.cells) {
    const PathExpectation expected = expectation_for(profile, cell.version, cell.cipher);
    cell.expected_tx = expected.tx;
    cell.expected_rx = expected.rx;
    const Judgement judgement = judge_cell(report, cell);
    cell.result = judgement.result;
    explain_result(cell, judgement.because);
    verdict = worse(verdict, verdict_of(cell));
  }
  return verdict;
}

}  // namespace tuner
