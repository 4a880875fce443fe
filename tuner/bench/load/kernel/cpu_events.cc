#include "bench/load/kernel/cpu_events.h"

#include "bench/load/kernel/memory_controllers.h"

#include <fmt/format.h>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

namespace tuner {
namespace {

// Of the two CPUs; nullopt: of the memory controllers.
std::optional<std::pair<std::uint32_t, std::uint64_t>> event_of(BenchCount count) {
  switch (count) {
    case BenchCount::Cycles: break;
    case BenchCount::Instructions: return {{PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS}};
    case BenchCount::CacheMisses: return {{PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES}};
    case BenchCount::ContextSwitches: return {{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES}};
    case BenchCount::DramBytes: return std::nullopt;
  }
  return {{PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES}};
}

// exclude_kernel stays 0, and so does exclude_hv. A memory controller refuses any exclusion
// (PERF_PMU_CAP_NO_EXCLUDE).
UniqueFd open_event(std::uint32_t type, std::uint64_t config, int cpu) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = type;
  attributes.config = config;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  // -1 and a CPU: whatever process runs there (perf_event_open(2)).
  return UniqueFd(static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC)));
}

std::string why(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "this process may not count the kernel's share (CAP_PERFMON, or "
             "kernel.perf_event_paranoid 0)";
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV: return "this machine has no such counter; most virtual machines have none";
    case ENOSYS: return "this kernel has no perf_event_open()";
    default: return fmt::format("perf_event_open: {}", std::strerror(error));
  }
}

// nullopt: an error, or it never ran.
std::optional<std::uint64_t> read_event(int fd) {
  struct {
    std::uint64_t value, enabled, running;
  } read{};
  if (::read(fd, &read, sizeof read) != sizeof read || read.running == 0) return std::nullopt;
  if (read.running == read.enabled) return read.value;
  return static_cast<std::uint64_t>(static_cast<double>(read.value) *
                                    static_cast<double>(read.enabled) /
                                    static_cast<double>(read.running));
}

}  // namespace

CpuEvents CpuEvents::none(std::string_view because) {
  CpuEvents events;
  for (const Word<BenchCount>& row : kWords<BenchCount>)
    events.refused_.push_back({row.value, std::string(because)});
  return events;
}

CpuEvents CpuEvents::open(const FileTree& files, std::array<int, 2> cpus) {
  CpuEvents events;
  for (const Word<BenchCount>& row : kWords<BenchCount>) {
    const auto event = event_of(row.value);
    if (!event) continue;
    auto& counters = events.counters_[static_cast<std::size_t>(row.value)];
    for (const int cpu : std::set<int>(cpus.begin(), cpus.end())) {
      if (UniqueFd fd = open_event(event->first, event->second, cpu)) {
        counters.push_back(std::move(fd));
        continue;
      }
      events.refused_.push_back({row.value, why(errno)});
      // The count of one CPU alone would look like that of both.
      counters.clear();
      break;
    }
  }
  events.open_memory(files);
  return events;
}

void CpuEvents::open_memory(const FileTree& files) {
  const auto events = memory_events(files);
  if (!events) {
    refused_.push_back({BenchCount::DramBytes, events.error().text});
    return;
  }
  auto& counters = counters_[static_cast<std::size_t>(BenchCount::DramBytes)];
  for (const MemoryEvent& event : *events) {
    if (UniqueFd fd = open_event(event.type, event.config, event.cpu)) {
      counters.push_back(std::move(fd));
      continue;
    }
    refused_.push_back({BenchCount::DramBytes, why(errno)});
    counters.clear();
    return;
  }
}

BenchCounts CpuEvents::read() const {
  BenchCounts counts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const bool of_memory = i == static_cast<std::size_t>(BenchCount::DramBytes);
    for (const UniqueFd& fd : counters_[i]) {
      const auto value = read_event(fd.get());
      if (!value) {
        counts[i].reset();
        break;
      }
      counts[i] = counts[i].value_or(0) + *value * (of_memory ? kBytesOfACount : 1);
    }
  }
  return counts;
}

BenchCounts counted_between(const BenchCounts& before, const BenchCounts& after) {
  BenchCounts counts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    // An estimate may be less than the one before it.
    if (before[i] && after[i] && *after[i] >= *before[i]) counts[i] = *after[i] - *before[i];
  }
  return counts;
}

}  // namespace tuner
