// How a check that somebody scheduled goes about it: where it leaves what it found, whether it
// repairs, when it begins. From the command line and, with --job, the tool's own settings.
#pragma once

#include "cli/verb.h"
#include "model/plan.h"
#include "profile/tool_settings.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kCheckReportPath = "/var/lib/ktls-tuner/reports/check.json";
// There while a check that may not write has found something to repair: ktls-tuner-repair.service
// waits for it.
inline constexpr std::string_view kRepairAskedPath = "/run/ktls-tuner/repair";

struct CheckJob {
  std::string metrics;       // a file; empty: none
  std::string report;        // a file; empty: none
  std::string feature_file;  // for node-feature-discovery; empty: none
  bool repair = false;
  bool defer_repair = false;  // instead: have it repaired by somebody else
  std::chrono::seconds splay{0};

  // A check that only looks writes nothing at all, not even when it was.
  bool records() const { return !metrics.empty() || !report.empty() || repair || defer_repair; }
};

struct DecidedJob {
  std::optional<CheckJob> job;
  Answer answer;  // when there is none
};
DecidedJob decide_job(const Context& context);

// The tool's settings, as the job believes them: `path`, or the usual one when it is empty.
struct ReadSettings {
  std::optional<ToolSettings> settings;
  Answer answer;  // when there are none
};
ReadSettings read_settings(const std::string& path);

// The same for this host at every run, somewhere from 0 to `limit`; hosts with other machine ids
// have others.
std::chrono::seconds place_in_splay(std::string_view machine_id, std::chrono::seconds limit);
void wait_for_place(const Host& host, std::chrono::seconds limit);

// What a check found, to be written down.
struct CheckResult {
  Answer answer;
  std::optional<Plan> plan;  // nothing: it did not come so far, or no profile is active
  bool of_active = false;    // the plan is of the active profile
  int repaired = 0;          // settings
};

// With whether the times of drift may be kept: root's alone, and only with the lock held.
void tell_times(const Context& context, bool may_record, CheckResult& result);

// Metrics, feature file, report. What cannot be written is an error of the answer.
void leave_results(const Context& context, const CheckJob& job,
                   std::chrono::system_clock::time_point began, CheckResult& result);

}  // namespace tuner
