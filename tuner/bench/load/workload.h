// What connections are measured with. A workload measures one row of one round; measure() makes the
// rounds and reports what was measured.
#pragma once

#include "bench/load/kernel/flow_tap.h"
#include "bench/load/transfer.h"
#include "bench/report_lines.h"
#include "bench/schedule.h"
#include "host/host.h"
#include "probe/handshake/connection/kernel.h"
#include "probe/report.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace tuner {

// What all measurements of a run share. Borrowed: it lives as long as the run.
struct LoadRun {
  const FileTree& files;
  const KernelTls& kernel;
  const LibraryFacts& library;
  const Identity& identity;
  const LoadContent& content;
  const BenchChoice& choice;
  const CpuEvents& events;
  Result<FlowTap>& tap;        // an error: there is none, and why
  std::array<int, 2> cpus{};   // by BenchEnd
  bool own_namespace = false;  // as of BenchStart
  std::chrono::seconds total{0};
  // Why this run's loopback loses no packets; nullopt: it does (netem.h).
  std::optional<Error> no_loss = std::nullopt;
};

// One measurement that is due.
struct LoadTurn {
  std::size_t row = 0;  // index into BenchStart::variants
  BenchVariant variant;
  int round = 0;
  std::size_t step = 0;  // of Workload::steps
  BenchSchedule schedule;
  Deadline deadline;  // for all of it, handshakes included
};

struct Workload {
  std::vector<BenchVariant> variants;  // its rows
  // Measurements of each row in each round, for example one a size. The rows take turns within each
  // step, so that those that are compared are measured one after the other.
  std::size_t steps = 1;
  std::chrono::nanoseconds longest_round = kLongestRound;
  bool limits = false;  // the limits of one CPU belong to its result: measured in each round
  // A sample event with the row and round of the turn. Unsupported: this host cannot do it, and
  // the row gets its reason. After an error the row is measured no more. An event that is an Error
  // ends the run.
  std::function<Result<BenchEvent>(const LoadTurn& turn)> measure;
  // Whether this host can measure a row at all, as far as that is known without a connection; may
  // be empty. The error is the row's reason.
  std::function<Outcome(const BenchVariant& variant)> allows = {};
  // Called once before the first round, with a turn for each row that will be measured; may be
  // empty. Rows that fail here fail again in measure(), which says why.
  std::function<Outcome(const std::vector<LoadTurn>& rows)> prepare = {};
  std::function<void(BenchStart& start)> describe = {};  // adds its own settings; may be empty
  // Called once before the start is reported, to fill in what only this workload knows of it; may
  // be empty. An error ends the run.
  std::function<Outcome(BenchStart& start)> agree = {};
  // Measures one limit; empty: measure_limit() on the CPUs of the run. An error ends the run.
  std::function<Result<LimitSample>(BenchLimit limit, std::chrono::nanoseconds time)> limit = {};
};

// The table of workloads. `run` must outlive the result.
Workload workload_of(BenchWorkload word, const LoadRun& run);

}  // namespace tuner
