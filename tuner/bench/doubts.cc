#include "bench/doubts.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace tuner {
namespace {

constexpr double kMuchLoad = 0.05;
// Clocks differ by some percent between measurements on any CPU with turbo.
constexpr double kMuchDrift = 1.1;

// Which end opens records, and which does the other things (bench/load/measure.cc).
BenchEnd end_of(BenchLimit limit) {
  const bool opens = std::ranges::any_of(kWords<TlsCipher>, [&](const Word<TlsCipher>& row) {
    return limits_of(row.value).open == limit;
  });
  return opens ? BenchEnd::Receiver : BenchEnd::Sender;
}

// "CPU 2", "CPUs 2 and 3"
std::string cpus_named(const std::set<int>& cpus) {
  std::vector<std::string> names;
  for (const int cpu : cpus) names.push_back(std::to_string(cpu));
  return (cpus.size() == 1 ? "CPU " : "CPUs ") + join(names, " and ");
}

class Doubts {
 public:
  Doubts(const BenchReport& report, const BenchSurroundings& around)
      : report_(report), around_(around) {}

  std::vector<NotComparable> all() {
    add_load();
    add_governors();
    add_throttling();
    add_frequency();
    if (around_.irqbalance > 0)
      add(BenchDoubt::Irqbalance,
          fmt::format("irqbalance (pid {}) may have moved interrupts meanwhile",
                      around_.irqbalance));
    return std::move(all_);
  }

 private:
  void add(BenchDoubt doubt, std::string because) { all_.push_back({doubt, std::move(because)}); }

  int cpu(std::size_t end) const { return report_.start.cpus[end]; }

  void add_load() {
    std::optional<double> most;
    std::size_t where = 0;
    for (std::size_t end = 0; end < 2; ++end) {
      const auto load = load_during_run(report_, static_cast<BenchEnd>(end));
      if (!load || (most && *load <= *most)) continue;
      most = load;
      where = end;
    }
    if (most && *most >= kMuchLoad)
      add(BenchDoubt::LoadDuringRun,
          fmt::format("during the run others used {:.0f} % of CPU {}", *most * 100, cpu(where)));
  }

  void add_governors() {
    std::set<int> saving, moved;
    std::string governor;
    for (std::size_t end = 0; end < 2; ++end) {
      const std::string& before = around_.before[end].governor;
      const std::string& after = around_.after[end].governor;
      if (before.empty() || after.empty()) continue;
      if (before != after) moved.insert(cpu(end));
      if (before == "performance") continue;
      saving.insert(cpu(end));
      governor = before;
    }
    if (!saving.empty())
      add(BenchDoubt::Governor, fmt::format("the governor of {} is {}: the clock follows the load",
                                            cpus_named(saving), governor));
    if (!moved.empty())
      add(BenchDoubt::GovernorMoved,
          fmt::format("the governor of {} was changed during the run", cpus_named(moved)));
  }

  void add_throttling() {
    std::set<int> throttled;
    for (std::size_t end = 0; end < 2; ++end) {
      const auto& before = around_.before[end].throttled;
      const auto& after = around_.after[end].throttled;
      if (before && after && *after > *before) throttled.insert(cpu(end));
    }
    if (!throttled.empty())
      add(BenchDoubt::Throttled,
          fmt::format("{} was throttled during the run: too hot", cpus_named(throttled)));
  }

  // The clock at the end of each measurement, when its CPU was busy. In kHz; 0: not readable.
  void add_frequency() {
    for (std::size_t end = 0; end < 2; ++end) {
      int least = 0, most = 0;
      for (const BenchSample& sample : report_.samples) {
        const int khz = sample.khz[end];
        if (khz <= 0) continue;
        least = least == 0 ? khz : std::min(least, khz);
        most = std::max(most, khz);
      }
      // One CPU is enough for the doubt.
      if (least == 0 || most < least * kMuchDrift) continue;
      add(BenchDoubt::FrequencyMoved, fmt::format("the clock of CPU {} was between {} and {} MHz",
                                                  cpu(end), least / 1000, most / 1000));
      return;
    }
  }

  const BenchReport& report_;
  const BenchSurroundings& around_;
  std::vector<NotComparable> all_;
};

}  // namespace

std::vector<NotComparable> doubts_of_run(const BenchReport& report,
                                         const BenchSurroundings& around) {
  return Doubts(report, around).all();
}

std::optional<double> load_during_run(const BenchReport& report, BenchEnd end) {
  std::int64_t all = 0, running = 0;
  for (const LimitSample& sample : report.limits) {
    if (end_of(sample.limit) != end || sample.running_ns <= 0) continue;
    all += sample.nanoseconds;
    running += sample.running_ns;
  }
  if (all == 0) return std::nullopt;
  // A limit is a loop that never waits. When its thread did not run, its CPU ran another program.
  return std::max(0.0, 1 - static_cast<double>(running) / static_cast<double>(all));
}

}  // namespace tuner
