// The run of the benchmark's helper: rounds over all rows, each measurement reported as it ends.
#pragma once

#include "bench/load/kernel/cpu_events.h"
#include "bench/load/kernel/flow_tap.h"
#include "bench/load/workload.h"
#include "bench/report_lines.h"
#include "host/host.h"
#include "probe/handshake/connection/kernel.h"

#include <array>
#include <chrono>
#include <functional>

namespace tuner {

struct MeasureOptions {
  BenchWorkload workload = BenchWorkload::Bulk;
  BenchChoice choice;
  std::array<int, 2> cpus{};  // by BenchEnd
  std::chrono::seconds total{0};
  bool own_namespace = false;
  // Makes the workload; empty: that of the word (workload_of()).
  std::function<Workload(const LoadRun& run)> make_workload = {};
  std::optional<Error> no_loss;  // as of LoadRun
};

using Emit = std::function<void(const BenchEvent& event)>;

// Emits a start, measurements and refusals, and at the end a BenchDone or an Error. A row that
// fails is refused and measured no more; the others go on. Behind the
// first round no measurement begins after options.total.
// The tap is an error where there is none.
void measure(const FileTree& files, const KernelTls& kernel, const CpuEvents& events,
             const MeasureOptions& options, Result<FlowTap>& tap, const Emit& emit);

}  // namespace tuner
