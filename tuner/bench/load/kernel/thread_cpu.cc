#include "bench/load/kernel/thread_cpu.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <pthread.h>

namespace tuner {
namespace {

std::int64_t clock_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

// A set as large as CpuSet's: a cpu_set_t ends at CPU 1023.
Outcome pin_thread(int cpu) {
  struct FreeSet {
    void operator()(cpu_set_t* set) const { CPU_FREE(set); }
  };
  const std::unique_ptr<cpu_set_t, FreeSet> set(CPU_ALLOC(cpu + 1));
  const std::size_t size = CPU_ALLOC_SIZE(cpu + 1);
  CPU_ZERO_S(size, set.get());
  CPU_SET_S(static_cast<std::size_t>(cpu), size, set.get());
  if (::sched_setaffinity(0, size, set.get()) == 0) return {};
  return fail(errno_error(errno, fmt::format("run on CPU {}", cpu)));
}

std::int64_t thread_cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  const auto us = [](const timeval& time) { return time.tv_sec * 1'000'000 + time.tv_usec; };
  return us(used.ru_utime) + us(used.ru_stime);
}

clockid_t thread_clock() {
  clockid_t clock{};
  ::pthread_getcpuclockid(::pthread_self(), &clock);
  return clock;
}

std::int64_t clock_us(clockid_t clock) {
  return clock_ns(clock) / 1000;
}

std::int64_t thread_running_ns() {
  return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

Result<std::array<CpuTimes, 2>> read_cpu_times(const FileTree& files, std::array<int, 2> cpus) {
  const auto stat = TRY(files.read("/proc/stat"));
  const auto first = TRY(cpu_times(stat, cpus[0]));
  const auto second = TRY(cpu_times(stat, cpus[1]));
  return std::array<CpuTimes, 2>{first, second};
}

std::array<int, 2> read_khz(const FileTree& files, std::array<int, 2> cpus) {
  std::array<int, 2> khz{};
  for (std::size_t end = 0; end < khz.size(); ++end) {
    const auto text = files.read(
        fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_cur_freq", cpus[end]));
    if (text) khz[end] = whole_number<int>(trim(*text)).value_or(0);
  }
  return khz;
}

std::int64_t busy_us(const CpuTimes& before, const CpuTimes& after) {
  static const std::int64_t us_per_tick = 1'000'000 / ::sysconf(_SC_CLK_TCK);
  return static_cast<std::int64_t>(after.busy - before.busy) * us_per_tick;
}

}  // namespace tuner
