// Judges what a probe found against a profile's expectations. Pure.
//
// Label, expectation, result and reason of a cell come from judge_cell() and from nowhere else, and
// a judged cell cannot be changed: what is shown together was decided together.
#pragma once

#include "model/nic_drivers.h"
#include "model/profile.h"
#include "probe/report.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuner {

enum class CellResult { Pass, Fail, Unsupported, Inconclusive };
std::string_view cell_result_name(CellResult result);  // "pass", "fail", …

// What each means for the exit code, worst first; with several, the first in this list is given
// (the order of the exit codes: 4 before 1 before 3).
//
//   Unsupported   4  an expected path cannot be had on this machine at all
//   Failed        1  a handshake failed, bytes differed, or the kernel counted an error
//   PathNotTaken  3  an expected path is possible here and was not taken
//   Inconclusive  3  nothing is known to be wrong, but an expected path could be neither shown nor
//                    refuted: `device` over loopback, a cell that was not probed, sources that
//                    disagree. Not shown is not as expected
//   AsExpected    0
//
// Only directions for which the profile expects something other than `any` count, except Failed,
// which always does.
enum class ProbeVerdict { AsExpected, PathNotTaken, Unsupported, Inconclusive, Failed };
std::string_view probe_verdict_name(ProbeVerdict verdict);

// What a cell is held against.
struct CellQuestion {
  ExpectedPath tx = ExpectedPath::Any;  // as the profile has it
  ExpectedPath rx = ExpectedPath::Any;
  bool loopback = true;  // where no NIC can be shown at work
  bool calling = false;  // across the wire: the client's end is this host's
};

// A cell with what it is worth. In each one:
//   - a path in doubt is `unknown`, and so is one that its own counters or socket diagnostics
//     contradict; a transfer that went wrong has `failed` both ways;
//   - Pass: each path meets its expectation and none is unknown or failed;
//   - Fail: a path does not meet its expectation, or the transfer failed;
//   - Unsupported: a path falls short of its expectation, or failed, and cannot be had here;
//   - Inconclusive: no path is known to be against its expectation, and one was not settled;
//   - because is not empty unless it passes.
class JudgedCell {
 public:
  // The evidence. Its own end's paths may say less than path(): ask that.
  const ProbeCell& cell() const { return cell_; }
  // Of this host's own end.
  TlsPath path(TlsDirection direction) const;
  // Device, where the profile says `any` but wants TLS in a NIC that has it on, and software did
  // it; else the profile's word.
  ExpectedPath expected(TlsDirection direction) const;
  CellResult result() const { return result_; }
  // The judgement and then the probe's own reason.
  const std::string& because() const { return because_; }
  ProbeVerdict verdict() const { return verdict_; }

  // The two ends, this host's own with path().
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

// A report with its cells judged. Nothing of it can be changed.
class JudgedReport {
 public:
  // With a warning for each expectation that has no cell.
  const ProbeReport& report() const { return report_; }
  const std::vector<JudgedCell>& cells() const& { return cells_; }
  std::vector<JudgedCell> cells() && { return std::move(cells_); }
  ProbeVerdict verdict() const { return verdict_; }

 private:
  friend JudgedReport judge(ProbeReport report, const Profile& profile);
  JudgedReport() = default;

  ProbeReport report_;
  std::vector<JudgedCell> cells_;
  ProbeVerdict verdict_ = ProbeVerdict::Inconclusive;
};

// Across the wire it is our own end that is judged; the other end's host has a profile of its own.
JudgedReport judge(ProbeReport report, const Profile& profile);

}  // namespace tuner
