#include "bench/load/workload.h"

#include "bench/load/bulk.h"
#include "bench/load/latency.h"
#include "bench/load/messages.h"

namespace tuner {

Workload workload_of(BenchWorkload word, const LoadRun& run) {
  switch (word) {
    case BenchWorkload::Latency: return latency(run);
    case BenchWorkload::Messages: return messages(run);
    case BenchWorkload::Bulk: break;
  }
  return bulk(run);
}

}  // namespace tuner
