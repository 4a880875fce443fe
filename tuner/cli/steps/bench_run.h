// What bench does: choose CPUs, measure, judge, show.
#pragma once

#include "bench/report.h"
#include "bench/result.h"
#include "bench/schedule.h"
#include "cli/request/verb.h"
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
  std::string hgrm;  // a folder for .hgrm files; empty: none
  std::optional<WireBench> wire = {};  // nullopt: over loopback
};

Answer run_bench_task(Context& context, const BenchTask& task);

// ---- For the run between two hosts (wire_bench.h)

// Two CPUs on which this process may run; near each other, as choose_cpus().
Result<BenchCpus> cpus_for(const Facts& facts);

// Emulation and virtualization of this host.
BenchSurroundings surroundings_of(const Context& context, const Facts& facts);

// What was measured, and how the run ended.
struct MeasuredBench {
  BenchReport report;
  BenchResult result;
};

}  // namespace tuner
