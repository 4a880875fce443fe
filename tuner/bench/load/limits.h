// What one CPU can do at most: copying memory, and a cipher by the same libcrypto and by the
// kernel, record by record.
#pragma once

#include "bench/load/transfer.h"
#include "bench/report.h"

#include <chrono>

namespace tuner {

// Measures one limit on this CPU for at least this time. Sealing and copying read the content,
// opening one record again and again; all write into a buffer that stays in the cache. So they are
// upper limits. NotPermitted, Invalid: as of pin_thread(). Unsupported: this libcrypto does not
// have the cipher. Of a kernel's limit also the faults of AlgCipher. `round` is left 0.
Result<LimitSample> measure_limit(BenchLimit limit, int cpu, std::chrono::nanoseconds time,
                                  const LoadContent& content);

}  // namespace tuner
