// What bench does: choose CPUs, measure, judge, keep, show.
#pragma once

#include "bench/report.h"
#include "bench/result.h"
#include "bench/schedule.h"
#include "cli/steps/bench_output.h"
#include "cli/steps/wire_token.h"

#include <chrono>
#include <optional>

namespace tuner {

// Which end of a run between two hosts this one is.
struct WireBench {
  WireEnd end;
  TokenSource token;
};

struct BenchTask {
  BenchWorkload workload = BenchWorkload::Bulk;
  std::chrono::seconds total{0};
  BenchChoice choice;
  std::string hgrm;                    // a folder for .hgrm files; empty: none
  std::string trace;                   // a file for trace events; empty: none
  std::optional<WireBench> wire = {};  // nullopt: over loopback
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

// ---- For the run between two hosts (wire_bench.h)

// Two CPUs on which this process may run; near each other, as choose_cpus().
Result<BenchCpus> cpus_for(const Facts& facts);

// Emulation and virtualization of this host.
BenchSurroundings surroundings_of(const Context& context, const Facts& facts);

}  // namespace tuner
