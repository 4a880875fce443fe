// What bench does: choose CPUs, measure, judge, show.
#pragma once

#include "cli/request/verb.h"

#include <chrono>

namespace tuner {

struct BenchTask {
  std::chrono::seconds total{0};
};

Answer run_bench_task(Context& context, const BenchTask& task);

}  // namespace tuner
