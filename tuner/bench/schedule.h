// When what is measured, for how long, and on which CPUs. Pure.
#pragma once

#include "base/cpu_set.h"
#include "bench/report.h"
#include "model/facts.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace tuner {

// --quick, the default, and the range of --duration.
inline constexpr std::chrono::seconds kQuickBench{15};
inline constexpr std::chrono::seconds kUsualBench{60};
inline constexpr std::chrono::seconds kShortestBench{5};
inline constexpr std::chrono::seconds kLongestBench{3600};

// For what a run may take beyond its time: its last measurement, which may wait for its time limit,
// or, however slow the machine is, the first one of each row. With 10,000 handshakes that is much
// on an emulated CPU.
constexpr std::chrono::seconds slack_of(BenchWorkload workload) {
  return std::chrono::seconds(workload == BenchWorkload::Connections ? 1800 : 30);
}

// With more time there are more rounds.
inline constexpr std::chrono::nanoseconds kLongestRound = std::chrono::seconds(1);

struct BenchSchedule {
  int rounds = 0;
  std::chrono::nanoseconds round{0};    // of one row's measurement
  std::chrono::nanoseconds warm_up{0};  // before each, on the same connection
  std::chrono::nanoseconds limit{0};    // of each limit, once a round
};

// For a run of this time in total with so many rows and limits. Ten rounds or more; with more time
// first longer measurements, up to `longest`, then more rounds. A quarter of the time is left for
// handshakes and checks.
BenchSchedule schedule_for(std::chrono::nanoseconds total, std::size_t rows, std::size_t limits = 3,
                           std::chrono::nanoseconds longest = kLongestRound);

// The order of the rows in a round: A B C, then C B A, so that a machine that becomes slower, or
// faster, in the course of the run favours none of them.
std::vector<std::size_t> order_of_round(int round, std::size_t rows);

// What two ends share that costs speed.
enum class CpusShare { Nothing, Core, Cpu };

struct BenchCpus {
  std::array<int, 2> cpus{};  // by BenchEnd
  CpusShare share = CpusShare::Nothing;
  bool same_node = true;
};

// Two CPUs on which this process may run: of two cores of one NUMA node if there are, and not of
// the core of CPU 0, which takes most interrupts, if others suffice. nullopt: `allowed` is empty.
std::optional<BenchCpus> choose_cpus(const CpuSet& allowed, const Topology& topology);

}  // namespace tuner
