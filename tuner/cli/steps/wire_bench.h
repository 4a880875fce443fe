// The benchmark between two hosts, of one of them: places its end near the NIC of the route, runs
// the helper, and explains why a NIC with TLS offload did not do the work.
#pragma once

#include "cli/request/options.h"
#include "cli/steps/bench_run.h"

#include <optional>

namespace tuner {

// The end that --listen or --connect asks for; nullopt: neither. `variable` is the value of
// KTLS_TUNER_TOKEN; nullptr: it is not set. Invalid: the options contradict each other.
Result<std::optional<WireBench>> wire_bench(const Options& options, const char* variable);

// Call it under an InterruptGuard. `task.wire` has a value. Errors of run_bench(); Invalid: the
// token is none.
Result<MeasuredBench> measure_bench_across_wire(Context& context, const BenchTask& task);

}  // namespace tuner
