// Judges the measurements of the workload latency. Pure.
#pragma once

#include "bench/result.h"

#include <cstddef>

namespace tuner {

// Fills in what the measurements of this row say: evidence, rounds and figures by step. Without the
// workload latency nothing.
void add_latency(BenchRow& row, const BenchReport& report, std::size_t index);

// The rounds in which each step of this row was measured.
std::size_t rounds_of_latency(const BenchReport& report, std::size_t index);

}  // namespace tuner
