// What happened to the two CPUs during a run that makes its figures doubtful. Pure.
#pragma once

#include "bench/result.h"

#include <vector>

namespace tuner {

// In the order of the words, behind those of not_comparable(). What could not be read is no doubt.
std::vector<NotComparable> doubts_of_run(const BenchReport& report,
                                         const BenchSurroundings& around);

// The share of the CPU of this end that its limits, which are loops without a peer, did not get:
// other programs, interrupts, and of a virtual machine its host. nullopt: not measured.
std::optional<double> load_during_run(const BenchReport& report, BenchEnd end);

}  // namespace tuner
