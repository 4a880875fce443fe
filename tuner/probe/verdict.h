// Compares a probe's report with a profile's expectations. Pure.
//
// Only judge_cell() sets path, expectation, result and reason of a cell, and a judged cell cannot
// be changed, so these four are always consistent.
#pragma once

#include "base/words.h"
#include "model/nic_drivers.h"
#include "model/profile.h"
#include "probe/kernel_trials.h"
#include "probe/key_update.h"
#include "probe/report.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuner {

enum class CellResult { Pass, Fail, Unsupported, Inconclusive };
template <>
inline constexpr auto kWords<CellResult> =
    std::to_array<Word<CellResult>>({{CellResult::Pass, "pass"},
                                     {CellResult::Fail, "fail"},
                                     {CellResult::Unsupported, "unsupported"},
                                     {CellResult::Inconclusive, "inconclusive"}});
std::string_view cell_result_name(CellResult result);  // "pass", "fail", …

// The verdicts and their exit codes, worst first. With several cells the worst verdict counts (exit
// code 4 before 1 before 3).
//
//   Unsupported   4  an expected path is impossible on this machine
//   Failed        1  a handshake failed, bytes differed, or the kernel counted an error
//   Unsafe        3  a KeyUpdate breaks connections in the kernel, and the profile has
//                    expect: { safe: [key-update] }
//   PathNotTaken  3  an expected path is possible here and was not taken
//   Inconclusive  3  an expected path was neither proved nor disproved: `device` over loopback, a
//                    cell that was not probed, sources that disagree, KeyUpdate cases not done
//   AsExpected    0
//
// Directions with the expectation `any` are ignored, except for Failed.
enum class ProbeVerdict { AsExpected, PathNotTaken, Unsupported, Inconclusive, Failed, Unsafe };
template <>
inline constexpr auto kWords<ProbeVerdict> =
    std::to_array<Word<ProbeVerdict>>({{ProbeVerdict::AsExpected, "as_expected"},
                                       {ProbeVerdict::PathNotTaken, "path_not_taken"},
                                       {ProbeVerdict::Unsupported, "unsupported"},
                                       {ProbeVerdict::Inconclusive, "inconclusive"},
                                       {ProbeVerdict::Failed, "failed"},
                                       {ProbeVerdict::Unsafe, "unsafe"}});
std::string_view probe_verdict_name(ProbeVerdict verdict);
// The one whose exit code comes first.
ProbeVerdict worse_verdict(ProbeVerdict a, ProbeVerdict b);

// The expectations for one cell, and where it was probed.
struct CellQuestion {
  ExpectedPath tx = ExpectedPath::Any;  // from the profile
  ExpectedPath rx = ExpectedPath::Any;
  bool loopback = true;  // no NIC is involved
  bool calling = false;  // across the wire: this host's end is the client
};

// A cell with its result. Invariants:
//   - a path with a doubt is `unknown`, and so is one that its own counters or socket diagnostics
//     contradict; after a failed transfer both paths are `failed`;
//   - Pass: each path meets its expectation and none is unknown or failed;
//   - Fail: a path does not meet its expectation, or the transfer failed;
//   - Unsupported: a path misses its expectation or failed, and is impossible on this machine;
//   - Inconclusive: no path is known to miss its expectation, and one is unknown or needs a device;
//   - `because` is empty only if the result is Pass.
class JudgedCell {
 public:
  // The evidence. For the paths of the own end use path(): it is `unknown` where evidence
  // contradicts.
  const ProbeCell& cell() const { return cell_; }
  // The path of this host's end.
  TlsPath path(TlsDirection direction) const;
  // The profile's expectation; Device instead of Any if the direction fell back from an active NIC
  // (ProbeCell::fell_back_tx).
  ExpectedPath expected(TlsDirection direction) const;
  CellResult result() const { return result_; }
  // The reason of the result, followed by the probe's own reason.
  const std::string& because() const { return because_; }
  ProbeVerdict verdict() const { return verdict_; }

  // The two ends; the one of this host has the paths of path().
  ProbeEnd own_end() const;
  ProbeEnd serving_end() const;
  ProbeEnd calling_end() const;

 private:
  friend JudgedCell judge_cell(const ProbeCell& cell, const CellQuestion& question);
  JudgedCell() = default;

  ProbeCell cell_;
  bool calling_ = false;
  TlsPath tx_ = TlsPath::Unknown;
  TlsPath rx_ = TlsPath::Unknown;
  ExpectedPath expected_tx_ = ExpectedPath::Any;
  ExpectedPath expected_rx_ = ExpectedPath::Any;
  CellResult result_ = CellResult::Inconclusive;
  ProbeVerdict verdict_ = ProbeVerdict::Inconclusive;
  std::string because_;
};

JudgedCell judge_cell(const ProbeCell& cell, const CellQuestion& question);

// An immutable report with judged cells.
class JudgedReport {
 public:
  // Includes a warning for each expectation without a cell.
  const ProbeReport& report() const { return report_; }
  const std::vector<JudgedCell>& cells() const& { return cells_; }
  std::vector<JudgedCell> cells() && { return std::move(cells_); }
  // nullopt: the cases were not asked for.
  const std::optional<JudgedKeyUpdates>& key_updates() const { return key_updates_; }
  // Whether the profile expects them to be safe.
  bool expects_safe_key_updates() const { return expects_safe_key_updates_; }
  // nullopt: they were not asked for. They do not change the verdict.
  const std::optional<JudgedTrials>& kernel_trials() const { return kernel_trials_; }
  ProbeVerdict verdict() const { return verdict_; }

 private:
  friend JudgedReport judge(ProbeReport report, const Profile& profile);
  JudgedReport() = default;

  ProbeReport report_;
  std::vector<JudgedCell> cells_;
  std::optional<JudgedKeyUpdates> key_updates_;
  bool expects_safe_key_updates_ = false;
  std::optional<JudgedTrials> kernel_trials_;
  ProbeVerdict verdict_ = ProbeVerdict::Inconclusive;
};

// expect: { safe: [key-update] }.
bool expects_safe_key_updates(const Profile& profile);

// Across the wire only this host's end is judged: the other host has a profile of its own.
JudgedReport judge(ProbeReport report, const Profile& profile);

}  // namespace tuner
