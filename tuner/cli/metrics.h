// What the drift job tells Prometheus, as the text of a node_exporter textfile: no timestamps, few
// series, and nothing where nothing is known. docs/monitoring/metrics.md is made from the same
// rows.
#pragma once

#include "cli/exit_code.h"
#include "cli/last_probe.h"
#include "engine/drift_record.h"
#include "model/plan.h"

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
  std::string_view help;    // no full stop: Prometheus' manner
};
std::span<const MetricFamily> metric_families();

struct CheckMetrics {
  using Time = std::chrono::system_clock::time_point;
  const Plan* plan = nullptr;  // nothing: the check came to none, or no profile is active
  ExitCode exit_code = ExitCode::Ok;
  Time ran_at;
  std::chrono::milliseconds duration{0};
  DriftRecord record;                   // with this check in it
  std::optional<bool> journal_damaged;  // nothing: not known
  std::optional<bool> waits;            // a run, to be confirmed or undone; nothing: not known
  std::optional<Time> deadline;         // of that run
  std::optional<std::map<std::string, std::uint64_t>> tls_stat;
  std::optional<LastProbe> probe;  // of this kernel
};
std::string metrics_text(const CheckMetrics& check);

}  // namespace tuner
