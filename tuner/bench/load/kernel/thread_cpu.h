// The CPU of a thread, and the time spent there.
#pragma once

#include "bench/cpu_times.h"
#include "host/host.h"

#include <array>
#include <cstdint>
#include <time.h>

namespace tuner {

// Keeps the calling thread on one CPU. Invalid: the CPU is offline, or not among those of this
// process (cgroup).
Outcome pin_thread(int cpu);

// CPU time of the calling thread since its start, in user space and in the kernel (getrusage(2)).
std::int64_t thread_cpu_us();

// The same by the scheduler's clock (clock_gettime(2)), exact to the microsecond or better.
std::int64_t thread_running_ns();

// The same of another thread, which has called thread_clock() and is not joined yet.
clockid_t thread_clock();
std::int64_t clock_us(clockid_t clock);

// Of both CPUs, from one read of /proc/stat.
Result<std::array<CpuTimes, 2>> read_cpu_times(const FileTree& files, std::array<int, 2> cpus);

// The clock of both CPUs, as the kernel measured or set it last; 0: not readable.
std::array<int, 2> read_khz(const FileTree& files, std::array<int, 2> cpus);

// Busy time between two reads.
std::int64_t busy_us(const CpuTimes& before, const CpuTimes& after);

}  // namespace tuner
