// The tables of bench's workloads that count more than bytes, or have many connections.
#pragma once

#include "bench/result.h"
#include "cli/output/display.h"

#include <string>

namespace tuner {

// False: the workload has a table of its own elsewhere.
bool has_series_table(BenchWorkload workload);
// The rows, and a line that says what their columns are.
std::string series_table(const BenchResult& result, const Display& display);

}  // namespace tuner
