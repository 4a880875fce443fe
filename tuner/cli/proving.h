// The probe as probe and tune use it: run, judge, show.
#pragma once

#include "cli/verb.h"
#include "model/profile.h"
#include "probe/report.h"
#include "probe/verdict.h"

#include <chrono>
#include <optional>

namespace tuner {

struct Proof {
  std::optional<JudgedReport> report;  // nothing: the probe itself failed; the answer says why
  Answer answer;                       // exit code and errors; the body is the caller's
};

// Judges a report and shows it; what both kinds of probe end with.
Proof prove_report(Context& context, const Profile& profile, ProbeReport report);

// Shows the table as text. Warnings go to the report, and as text to stdout: they are part of the
// result.
Proof prove(Context& context, const Profile& profile);

// Leaves the report for the drift job, as root; an ordinary user's probe is for that user alone.
void keep_report(const Context& context, const Proof& proof,
                 std::chrono::system_clock::time_point began);

}  // namespace tuner
