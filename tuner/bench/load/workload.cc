#include "bench/load/workload.h"

#include "bench/load/bulk.h"
#include "bench/load/latency.h"
#include "bench/load/many_workloads.h"
#include "bench/load/messages.h"
#include "bench/load/sized_calls.h"

namespace tuner {

Workload workload_of(BenchWorkload word, const LoadRun& run) {
  switch (word) {
    case BenchWorkload::Latency: return latency(run);
    case BenchWorkload::Messages: return messages(run);
    case BenchWorkload::Bulk: break;
    case BenchWorkload::SmallRecords: return small_records(run);
    case BenchWorkload::Files: return files(run);
    case BenchWorkload::Connections: return connections(run);
    case BenchWorkload::Handshakes: return handshakes(run);
    case BenchWorkload::SlowReaders: return slow_readers(run);
    case BenchWorkload::Loss: return loss(run);
  }
  return bulk(run);
}

}  // namespace tuner
