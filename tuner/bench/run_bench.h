// Runs the benchmark's helper and keeps what it measured.
#pragma once

#include "bench/report.h"
#include "probe/helper_process.h"

#include <array>
#include <chrono>

namespace tuner {

struct BenchRequest {
  BenchWorkload workload = BenchWorkload::Bulk;
  std::array<int, 2> cpus{};       // by BenchEnd
  std::chrono::seconds total{0};   // of all measurements; a last one may end later
  std::chrono::seconds grace{35};  // after it, until the helper is killed; more than slack_of()
};

// Takes up to request.total, and some seconds more. A run that is stopped, or whose helper fails
// midway, is a report that says so. An error: nothing was measured; faults of run_helper(), or the
// helper's own.
Result<BenchReport> run_bench(const BenchRequest& request, const StopHelper& stop = nullptr);

}  // namespace tuner
