#include "bench/load/workload.h"

#include "bench/load/bulk.h"
#include "bench/load/latency.h"

namespace tuner {

Workload workload_of(BenchWorkload word, const LoadRun& run) {
  switch (word) {
    case BenchWorkload::Latency: return latency(run);
    case BenchWorkload::Bulk: break;
  }
  return bulk(run);
}

}  // namespace tuner
