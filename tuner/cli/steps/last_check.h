// When the check job last ran. A job that finds the host in sync, as before, writes its metrics
// file and nothing else: the report keeps its time, and the metrics tell that it still holds.
#pragma once

#include "cli/render/metrics.h"
#include "engine/drift_record.h"
#include "host/host.h"
#include "report/document.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kMetricsName = "ktls_tuner.prom";
inline constexpr std::string_view kCheckReportPath = "/var/lib/ktls-tuner/reports/check.json";
// The job's metrics file on a host without a folder for node_exporter.
inline constexpr std::string_view kOwnMetricsPath = "/var/lib/ktls-tuner/reports/ktls_tuner.prom";

// The metrics of the last job. nullopt: the last job wrote none, so its report is the newest. Fails
// if it is not known which file they are in, or if that file cannot be read or is of another user:
// then it is unknown when the last job ran. `recorded`: the host is a recorded machine.
Result<std::optional<CheckBeat>> last_beat(const Host& host, const DriftRecord& record,
                                           bool recorded);
Result<std::optional<CheckBeat>> last_beat(const Host& host, const StateStore& store,
                                           bool recorded);

// Moves the time of the look at programs, which the record has as of the job that first found this,
// to that of the last job that did. Leaves it if that is not known.
void confirm_programs(const Host& host, DriftRecord& record, bool recorded);

// The latest time at which a check found what this document says: its own, or that of metrics of a
// later check with the same profile and exit code. Looks at kMetricsName beside `file`, and for
// this machine's own report at the last job's metrics.
UtcTime confirmed_at(const Host& host, const StateStore& store, const std::string& file,
                     const SavedDocument& document);

}  // namespace tuner
