// The workloads whose calls have several sizes. Each measurement is a transfer() and a BenchSample
// that counts calls.
#pragma once

#include "bench/load/workload.h"

namespace tuner {

// One call sends one record.
Workload small_records(const LoadRun& run);
// One call sends a file from the page cache; without sendfile it is read into memory first.
Workload files(const LoadRun& run);

}  // namespace tuner
