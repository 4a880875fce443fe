// The workload bulk: the same content again and again, one connection at a time.
#pragma once

#include "bench/load/workload.h"

namespace tuner {

// Each measurement is a transfer() and a BenchSample.
Workload bulk(const LoadRun& run);

}  // namespace tuner
