// What one CPU can do at most: copying memory, and AES-128-GCM by the same libcrypto, record by
// record.
#pragma once

#include "bench/load/transfer.h"
#include "bench/report.h"

#include <chrono>

namespace tuner {

// Measures one limit on this CPU for at least this time. Sealing and copying read the content,
// opening one record again and again; all write into a buffer that stays in the cache. So they are
// upper limits. NotPermitted, Invalid: as of pin_thread(). Unsupported: this libcrypto has no
// AES-128-GCM. `round` is left 0.
Result<LimitSample> measure_limit(BenchLimit limit, int cpu, std::chrono::nanoseconds time,
                                  const LoadContent& content);

}  // namespace tuner
