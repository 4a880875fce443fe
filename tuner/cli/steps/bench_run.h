// What bench does: choose CPUs, measure, judge, show.
#pragma once

#include "bench/report.h"
#include "cli/request/verb.h"

#include <chrono>

namespace tuner {

struct BenchTask {
  BenchWorkload workload = BenchWorkload::Bulk;
  std::chrono::seconds total{0};
  std::string hgrm;   // a folder for .hgrm files; empty: none
  std::string trace;  // a file for trace events; empty: none
};

Answer run_bench_task(Context& context, const BenchTask& task);

}  // namespace tuner
