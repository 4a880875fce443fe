// The two threads of a measurement with many connections: one has all sending ends, the other all
// receiving ends, each on a CPU of its own. A third, the caller, looks at the clock.
#pragma once

#include "base/result.h"
#include "bench/cpu_times.h"
#include "bench/report.h"
#include "host/host.h"
#include "probe/handshake/connection/tcp.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

namespace tuner {

class EndThreads {
 public:
  // Returns when ended() says so, or earlier.
  using Work = std::function<Outcome(const EndThreads& threads)>;

  // Both begin at once. What they use outlives this.
  EndThreads(std::array<int, 2> cpus, const Work& sender, const Work& receiver);
  // Ends and joins them.
  ~EndThreads();
  EndThreads(const EndThreads&) = delete;
  EndThreads& operator=(const EndThreads&) = delete;

  // They were told to end, or one of them has failed.
  bool ended() const { return ended_.load(std::memory_order_relaxed); }

  // Waits. The error is the first of either thread, at once.
  Outcome run_for(std::chrono::nanoseconds time);
  // Until it is true. TimedOut: it is not at the deadline; the text begins with `doing`.
  Outcome run_until(const std::function<bool()>& is_true, Deadline deadline,
                    std::string_view doing);
  // Ends and joins both.
  Outcome end();

  // CPU time of each thread until now. Call it before end().
  std::array<std::int64_t, 2> cpu_us();

 private:
  void begin(std::size_t index, int cpu, const Work& work);
  void join();

  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  std::condition_variable failed_;
  std::optional<Error> error_;
  std::array<std::thread, 2> threads_;
};

// The beginning or the end of a timed part.
struct LoadStamp {
  std::chrono::steady_clock::time_point at;
  std::array<CpuTimes, 2> cpus;
  std::array<std::int64_t, 2> threads_us{};
};
Result<LoadStamp> stamp(const FileTree& files, std::array<int, 2> cpus, EndThreads& threads);
// By BenchEnd. With one CPU for both ends its time is the sender's, and is not counted twice.
std::array<EndCost, 2> cost_between(const LoadStamp& before, const LoadStamp& after,
                                    std::array<int, 2> cpus);

}  // namespace tuner
