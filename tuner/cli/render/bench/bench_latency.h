// The workload latency as text. The document is made with that of all workloads (bench.h).
#pragma once

#include "bench/result.h"
#include "cli/output/display.h"

#include <string>

namespace tuner {

// "requests of 64 bytes …", for the head.
std::string latency_load(const LatencySetup& setup);
// A table for each size and load.
std::string latency_tables(const BenchResult& result, const Display& display);

// The name of the .hgrm file of a row at one size and load:
// "ktls-TLSv1.3-AES-128-GCM-1024-bytes-10-percent.hgrm"
std::string hgrm_name(const BenchVariant& variant, const LatencyStep& step);

}  // namespace tuner
