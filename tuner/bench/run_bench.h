// Runs the benchmark's helper and keeps what it measured.
#pragma once

#include "bench/report.h"
#include "probe/helper_process.h"
#include "probe/run_probe.h"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace tuner {

// The other end is on another host.
struct BenchAcrossWire {
  WireEnd end;        // of this host; the one that connects sends
  std::string token;  // sent to the helper over its stdin
  // Of ListenOn: to wait for the peer, which then says how long it takes.
  std::chrono::seconds wait{60};
  // The CPU of this end by the NIC of the route; BenchRequest::cpus for others.
  std::map<std::string, int> cpu_by_nic;
};

struct BenchRequest {
  BenchWorkload workload = BenchWorkload::Bulk;
  BenchChoice choice;
  std::array<int, 2> cpus{};       // by BenchEnd
  std::chrono::seconds total{0};   // of all measurements; a last one may end later
  std::chrono::seconds grace{35};  // after it, until the helper is killed; more than slack_of()
  std::optional<BenchAcrossWire> wire = {};  // nullopt: over loopback
};

// Sees several times a second what was measured so far, for a display of the progress.
using WatchBench = std::function<void(const BenchReport& so_far)>;

// Takes up to request.total, and some seconds more. A run that is stopped, or whose helper fails
// midway, is a report that says so; so is one whose other end is lost. An error: nothing was
// measured; faults of run_helper(), or the helper's own. A listening helper prints its address to
// stderr.
Result<BenchReport> run_bench(const BenchRequest& request, const StopHelper& stop = nullptr,
                              const WatchBench& watch = nullptr);

}  // namespace tuner
