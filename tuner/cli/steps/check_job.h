// A scheduled check: where it writes its results, whether it repairs, how long it delays its start.
// Decided from the command line and, with --job, from the tool's own settings.
#pragma once

#include "cli/request/verb.h"
#include "cli/steps/last_check.h"
#include "cli/steps/requests.h"
#include "engine/drift_record.h"
#include "model/plan.h"
#include "model/programs/job_scan.h"
#include "profile/tool_settings.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// Created by a check that found drift and may not repair it. ktls-tuner-repair.service runs only if
// it exists, and removes it.
inline constexpr std::string_view kRepairRequestPath = "/run/ktls-tuner/repair";

// What a check is asked for on the command line.
struct CheckRequest {
  SessionRequest session;
  WriteRequest write;
  bool job = false;
  bool repair = false;
  bool defer_repair = false;
  Splay splay;
  std::string settings;  // file of the tool's settings; empty: the default one
  std::string metrics;   // file; empty: none, or with `job` the default one
  std::string report;    // as `metrics`
};
// Fault::Invalid: options contradict each other, or as session_request().
Result<CheckRequest> check_request(const Options& options);

struct CheckJob {
  std::string metrics;       // a file; empty: none
  std::string report;        // a file; empty: none
  std::string feature_file;  // for node-feature-discovery; empty: none
  // --job: the metrics tell when it ran, so that a host in sync needs no other file (last_check.h).
  bool beats = false;
  bool repair = false;
  bool defer_repair = false;  // ask ktls-tuner-repair.service to repair
  std::chrono::seconds splay{0};

  // False: the check writes no file, not even the time of the check.
  bool records() const { return !metrics.empty() || !report.empty() || repair || defer_repair; }
};

struct DecidedJob {
  std::optional<CheckJob> job;
  Answer answer;  // if there is no job
};
DecidedJob decide_job(const Context& context, const CheckRequest& request);

// Reads the tool's settings from `path`, or from kToolSettingsPath if it is empty. A file that
// another user could change is refused.
struct ReadSettings {
  std::optional<ToolSettings> settings;
  Answer answer;  // if there are no settings
};
ReadSettings read_settings(const std::string& path);

// Start delay, from 0 up to but not including `limit`: a hash of the machine id, so the same at
// each run of a host and spread over hosts.
std::chrono::seconds start_delay(std::string_view machine_id, std::chrono::seconds limit);
// Sleeps for that delay; uses the hostname if there is no /etc/machine-id.
void wait_start_delay(const Host& host, std::chrono::seconds limit);

// Result of a check.
struct CheckResult {
  Answer answer;
  std::optional<Plan> plan;  // nullopt: the check failed before it, or no profile is active
  bool of_active = false;    // the plan is of the active profile
  bool is_whole = false;     // the plan has all settings of the profile
  int repaired = 0;          // number of settings
  // Of this check, if it may be recorded. Not saved: it says what the saved one says, but for
  // times.
  std::optional<DriftRecord> record;
  bool record_holds = false;  // the saved record says what `record` does, but for times
  JobScan scan;               // of this check, if it is a job
  // What the record says; its look at programs is that of this job, else the last. nullopt: it
  // could not be read.
  std::optional<DriftRecord> known;
};

// Adds to the plan since when each setting has drifted, and to the result what the record knows.
// With `may_record` (root, lock held) also updates the drift record; saves it if it says anything
// new.
void update_drift_times(const Context& context, const CheckJob& job, bool may_record,
                        CheckResult& result);

// Writes metrics, feature file and report. A failed write is added to the answer's errors. A job
// that finds the host in sync, as before, writes only the metrics. If these cannot be written,
// record and report have the time of the check.
void write_results(const Context& context, const CheckJob& job,
                   std::chrono::system_clock::time_point began, CheckResult& result);

}  // namespace tuner
