// The time that each CPU spent, from /proc/stat (proc(5)). Pure.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace tuner {

// In ticks of the clock (sysconf(_SC_CLK_TCK), 100 a second on all Linux hosts).
struct CpuTimes {
  std::uint64_t busy = 0;  // user, nice, system, irq, softirq
  std::uint64_t idle = 0;  // idle, iowait
};

// The line "cpuN" of /proc/stat. Stolen time is neither: the CPU was not this host's. NotFound: no
// such line, the CPU is offline. Invalid: fewer than seven numbers.
Result<CpuTimes> cpu_times(std::string_view stat, int cpu);

// The part of the time that was busy, in thousandths. 0 if no tick passed.
int busy_thousandths(const CpuTimes& before, const CpuTimes& after);

}  // namespace tuner
