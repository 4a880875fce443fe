// What bench does: choose CPUs, measure, judge, keep, show.
#pragma once

#include "bench/result.h"
#include "cli/steps/bench_output.h"

#include <chrono>

namespace tuner {

struct BenchTask {
  BenchWorkload workload = BenchWorkload::Bulk;
  std::chrono::seconds total{0};
  BenchOutput output;
};

Answer run_bench_task(Context& context, const BenchTask& task);

// What was measured, and how the run ended.
struct MeasuredBench {
  BenchReport report;
  BenchResult result;
};
// Chooses CPUs and measures, with the progress on the terminal. Call it under an InterruptGuard:
// Ctrl-C, SIGTERM and SIGHUP then end the run and keep what was measured. An error: nothing was
// measured.
Result<MeasuredBench> measure_bench(const Context& context, const BenchTask& task);
// Errors of a run that did not come to its end, and of rows that failed.
void add_bench_errors(const MeasuredBench& measured, Answer& answer);

}  // namespace tuner
