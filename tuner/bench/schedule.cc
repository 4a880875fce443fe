#include "bench/schedule.h"

#include <algorithm>
#include <span>

namespace tuner {
namespace {

using std::chrono::nanoseconds;

constexpr int kFewestRounds = 10;
constexpr int kMostRounds = 200;
constexpr nanoseconds kShortestRound = std::chrono::milliseconds(20);

// A limit takes a third of the time of a row: a loop without a peer varies less.
constexpr int kLimitsPerRow = 3;

nanoseconds time_per_row(nanoseconds total, std::size_t rows, std::size_t limits, int rounds) {
  // Without both, since this host can measure no row, there is nothing to divide the time by.
  const auto parts = static_cast<int>(std::max<std::size_t>(1, kLimitsPerRow * rows + limits));
  return total * 3 / 4 * kLimitsPerRow / parts / rounds;
}

// Of each core the CPUs that may be used; cores without one are left out.
std::vector<CpuSet> usable_cores(const CpuSet& allowed, const Topology& topology) {
  std::vector<CpuSet> cores;
  CpuSet rest = allowed;
  for (const CpuSet& core : topology.cores) {
    const CpuSet usable = core & allowed;
    if (!usable.empty()) cores.push_back(usable);
    rest = rest - core;
  }
  // Where the topology is not known each CPU counts as a core.
  for (const int cpu : rest.members()) cores.push_back(CpuSet::of({cpu}));
  // Those with CPU 0 last.
  std::stable_partition(cores.begin(), cores.end(),
                        [](const CpuSet& core) { return !core.contains(0); });
  return cores;
}

std::optional<BenchCpus> two_cores(std::span<const CpuSet> cores, const Topology& topology,
                                   bool same_node) {
  for (std::size_t i = 0; i < cores.size(); ++i) {
    for (std::size_t j = i + 1; j < cores.size(); ++j) {
      const int first = cores[i].first();
      const int second = cores[j].first();
      const bool together = topology.node_of(first) == topology.node_of(second);
      if (together || !same_node) return BenchCpus{.cpus = {first, second}, .same_node = together};
    }
  }
  return std::nullopt;
}

}  // namespace

BenchSchedule schedule_for(nanoseconds total, std::size_t rows, std::size_t limits,
                           nanoseconds longest_round) {
  BenchSchedule schedule{.rounds = kFewestRounds};
  const nanoseconds at_ten = time_per_row(total, rows, limits, kFewestRounds);
  // A warm-up of a quarter: five parts of which four are timed.
  const nanoseconds longest = longest_round * 5 / 4;
  if (at_ten > longest)
    // Longer measurements are better only up to a limit; beyond it more pairs narrow the interval.
    schedule.rounds =
        static_cast<int>(std::min<std::int64_t>(kMostRounds, kFewestRounds * (at_ten / longest)));
  const nanoseconds each = time_per_row(total, rows, limits, schedule.rounds);
  schedule.round = std::max(kShortestRound, each * 4 / 5);
  schedule.warm_up = schedule.round / 4;
  schedule.limit = std::max(kShortestRound, each) / kLimitsPerRow;
  return schedule;
}

std::vector<std::size_t> order_of_round(int round, std::size_t rows) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rows; ++i) order.push_back(round % 2 == 0 ? i : rows - 1 - i);
  return order;
}

std::optional<BenchCpus> choose_cpus(const CpuSet& allowed, const Topology& topology) {
  if (allowed.empty()) return std::nullopt;
  const auto cores = usable_cores(allowed, topology);
  const bool last_has_0 = !cores.empty() && cores.back().contains(0);
  const auto others = std::span(cores).first(cores.size() - (last_has_0 ? 1 : 0));
  // The outer choice weighs more: two CPUs of one node, if need be with CPU 0, before two of two
  // nodes.
  for (const bool same_node : {true, false}) {
    for (const auto& some : {others, std::span(cores)}) {
      if (const auto found = two_cores(some, topology, same_node)) return found;
    }
  }
  const std::vector<int> members = allowed.members();
  if (members.size() > 1)
    return BenchCpus{.cpus = {members[0], members[1]}, .share = CpusShare::Core};
  return BenchCpus{.cpus = {members[0], members[0]}, .share = CpusShare::Cpu};
}

}  // namespace tuner
