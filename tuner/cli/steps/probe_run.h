// The common part of `probe` and `tune`: runs the probe, judges its report and shows it.
#pragma once

#include "cli/request/verb.h"
#include "model/profile.h"
#include "probe/report.h"
#include "probe/verdict.h"

#include <chrono>
#include <cstdint>
#include <optional>

namespace tuner {

struct Proof {
  std::optional<JudgedReport> report;  // nullopt: the probe itself failed; the answer has the error
  Answer answer;                       // exit code and errors; the body is the caller's
};

ExitCode exit_code_of(ProbeVerdict verdict);
// The result of a cell that failed or is unsupported.
Error error_of(const JudgedCell& judged);

// Judges a report and shows it. Last step of both kinds of probe. Warnings stay in the report and
// are also printed to stdout: they are part of the result.
Proof judge_report(Context& context, const Profile& profile, ProbeReport report);

struct LoopbackProbe {
  std::optional<std::uint64_t> bytes_each_way;  // --bytes; nullopt: the default
  // Also the KeyUpdate cases, as if the profile expected them to be safe, and the kernel trials.
  bool thorough = false;
};

// Runs the loopback probe, then judge_report().
Proof prove(Context& context, const Profile& profile, const LoopbackProbe& probe = {});

// As root, saves the report for the drift job. The probe of an ordinary user is not saved.
void save_report(const Context& context, const Proof& proof,
                 std::chrono::system_clock::time_point began);

}  // namespace tuner
