// Measurements of the workload latency as JSON of the helper's lines (bench/report_lines.h).
#pragma once

#include "bench/report.h"

#include <nlohmann/json.hpp>

namespace tuner {

nlohmann::ordered_json latency_setup_json(const LatencySetup& setup);
// Without its evidence, which is that of any workload.
nlohmann::ordered_json latency_json(const LatencySample& sample);

// Both throw nlohmann's exceptions, as number_at() (probe/json_number.h).
LatencySetup latency_setup_of(const nlohmann::ordered_json& json);
LatencySample latency_sample_of(const nlohmann::ordered_json& json);

// Each request that was due was dropped or has each of the three times, and the rates are positive.
bool adds_up(const LatencySample& sample);

}  // namespace tuner
