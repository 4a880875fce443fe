// Counts what two CPUs did (perf_event_open(2)): all of it, the kernel's share included. Kernel TLS
// moves work into the kernel, and would look free without that share. With them what the machine's
// memory controllers did, which tells copies that a cache hides from those that it does not.
#pragma once

#include "base/handle.h"
#include "bench/report.h"
#include "host/host.h"

#include <array>
#include <string_view>
#include <vector>

namespace tuner {

class CpuEvents {
 public:
  // Counts nothing.
  CpuEvents() = default;
  // The same, with the reason.
  static CpuEvents none(std::string_view because);
  // Opens what this process may count and this machine can; why not the others is in refused().
  // Counting whole CPUs needs CAP_PERFMON, or kernel.perf_event_paranoid 0, so call it before
  // rights are given up. The counters go on counting then. Equal CPUs are counted once.
  // Memory controllers are found in `files` and need CAP_PERFMON, or perf_event_paranoid -1.
  static CpuEvents open(const FileTree& files, std::array<int, 2> cpus);

  // Since opened, of both CPUs, or of all memory controllers, together. If a CPU has fewer counters
  // than asked for, the kernel counts by turns: then they are estimates for the whole time.
  BenchCounts read() const;

  const std::vector<CountRefusal>& refused() const { return refused_; }

 private:
  void open_memory(const FileTree& files);

  std::array<std::vector<UniqueFd>, kBenchCounts> counters_;
  std::vector<CountRefusal> refused_;
};

// What was counted between two reads.
BenchCounts counted_between(const BenchCounts& before, const BenchCounts& after);

}  // namespace tuner
