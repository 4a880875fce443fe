#include "bench/load/workload.h"

#include "bench/load/bulk.h"

namespace tuner {

Workload workload_of(BenchWorkload word, const LoadRun& run) {
  switch (word) {
    case BenchWorkload::Bulk: break;
  }
  return bulk(run);
}

}  // namespace tuner
