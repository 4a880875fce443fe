#include "bench/load/end_threads.h"

#include "bench/load/kernel/thread_cpu.h"

#include <fmt/format.h>

#include <pthread.h>
#include <time.h>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{1};

std::int64_t cpu_us_of(pthread_t thread) {
  clockid_t clock{};
  timespec time{};
  if (::pthread_getcpuclockid(thread, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

}  // namespace

EndThreads::EndThreads(std::array<int, 2> cpus, const Work& sender, const Work& receiver) {
  begin(0, cpus[0], sender);
  begin(1, cpus[1], receiver);
}

EndThreads::~EndThreads() {
  join();
}

void EndThreads::begin(std::size_t index, int cpu, const Work& work) {
  threads_[index] = std::thread([this, cpu, work] {
    auto done = pin_thread(cpu);
    // Pinned before it works, so that none of its time is another CPU's.
    if (done) done = work(*this);
    if (done) return;
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = done.error();  // the second is a consequence
    ended_ = true;
    failed_.notify_all();
  });
}

void EndThreads::join() {
  ended_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Outcome EndThreads::run_for(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  failed_.wait_for(lock, time, [this] { return error_.has_value(); });
  if (error_) return fail(*error_);
  return {};
}

Outcome EndThreads::run_until(const std::function<bool()>& is_true, Deadline deadline,
                              std::string_view doing) {
  while (!is_true()) {
    if (SteadyClock::now() >= deadline)
      return fail(Fault::TimedOut, fmt::format("{}: not done within the time limit", doing));
    TRY(run_for(kLook));
  }
  return {};
}

Outcome EndThreads::end() {
  join();
  if (error_) return fail(*error_);
  return {};
}

std::array<std::int64_t, 2> EndThreads::cpu_us() {
  return {cpu_us_of(threads_[0].native_handle()), cpu_us_of(threads_[1].native_handle())};
}

Result<LoadStamp> stamp(const FileTree& files, std::array<int, 2> cpus, EndThreads& threads) {
  return LoadStamp{.at = SteadyClock::now(),
                   .cpus = TRY(read_cpu_times(files, cpus)),
                   .threads_us = threads.cpu_us()};
}

std::array<EndCost, 2> cost_between(const LoadStamp& before, const LoadStamp& after,
                                    std::array<int, 2> cpus) {
  std::array<EndCost, 2> cost;
  for (std::size_t end = 0; end < cost.size(); ++end) {
    cost[end].thread_us = after.threads_us[end] - before.threads_us[end];
    if (end == 0 || cpus[0] != cpus[1])
      cost[end].cpu_us = busy_us(before.cpus[end], after.cpus[end]);
  }
  return cost;
}

}  // namespace tuner
