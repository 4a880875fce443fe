// Metrics of the drift job for Prometheus, as a node_exporter textfile: no timestamps, few series,
// no sample for an unknown value. docs/monitoring/metrics.md comes from the same rows.
#pragma once

#include "base/rfc3339.h"
#include "cli/render/last_probe.h"
#include "cli/request/exit_code.h"
#include "engine/drift_record.h"
#include "model/plan.h"
#include "model/programs/job_scan.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

struct MetricFamily {
  std::string_view name;
  std::string_view type;    // "gauge", "counter"
  std::string_view labels;  // "knob, state"; empty: none
  std::string_view help;    // no full stop: Prometheus' convention
};
std::span<const MetricFamily> metric_families();

struct CheckMetrics {
  using Time = std::chrono::system_clock::time_point;
  const Plan* plan = nullptr;  // nullptr: the check failed before it, or no profile is active
  ExitCode exit_code = ExitCode::Ok;
  Time ran_at;
  std::chrono::milliseconds duration{0};
  DriftRecord record;                   // includes this check
  std::optional<bool> journal_damaged;  // nullopt: unknown
  std::optional<bool> waits;            // a run is pending; nullopt: unknown
  std::optional<Time> deadline;         // to confirm that run
  std::optional<std::map<std::string, std::uint64_t>> tls_stat;
  std::optional<LastProbe> probe;  // under this kernel
  JobScan scan;
  // The record has what this check saw of programs, so these metrics may confirm it.
  bool scan_is_recorded = false;
};
std::string metrics_text(const CheckMetrics& check);

// What a check wrote as its metrics, read back: when it ran, and its result.
struct CheckBeat {
  UtcTime ran_at;
  int exit_code = 0;
  std::optional<UtcTime> last_success;
  std::string profile;  // as profile_labels() writes it; empty: no profile was active
  // When it looked at programs and found what the record says; nullopt: it did not.
  std::optional<UtcTime> programs_at = {};
};
// nullopt: these are not the metrics of a check.
std::optional<CheckBeat> read_check_beat(std::string_view text);
std::string profile_labels(std::string_view profile, std::string_view digest);

}  // namespace tuner
