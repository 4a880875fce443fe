// The loop of `watch`: when it looks, scans and shows. Clock, input, machine and output are given
// to it, so that tests run it without any of them.
#pragma once

#include "cli/render/watch.h"
#include "model/counter_rates.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tuner {

// One look at all counters.
struct CounterLooks {
  CounterLook kernel;
  std::map<std::string, CounterLook> nics;  // that have counters about TLS, or could not be read
  std::vector<std::string> nics_without;
  std::vector<Error> errors;
  bool nics_listed = true;  // false: what is not in `nics` may exist all the same
};

enum class WatchEvent {
  TimeUp,
  Redraw,  // the terminal has another size, or the program was stopped and goes on
  Quit,
};

struct WatchPorts {
  std::function<std::chrono::milliseconds()> now;  // since boot
  std::function<std::chrono::milliseconds()> cpu;  // CPU time of this process so far
  std::function<WatchEvent(std::chrono::milliseconds at_most)> wait;
  std::function<CounterLooks(std::chrono::milliseconds at)> look;
  std::function<SocketsPart(std::chrono::milliseconds at)> scan;
  std::function<bool(const WatchReport& report)> show;  // false: there is no output any more
};

struct WatchPlan {
  std::chrono::milliseconds interval{2000};  // at least 1 ms
  bool once = false;                         // one report, of two looks, then the end
  bool first_at_once = false;                // shows the first look, which has no rates yet
};

// A scan costs CPU time by the number of sockets and processes; the next one waits until all scans
// together take this part of one CPU. With the counters, watch stays below 0.5 %.
inline constexpr double kScanShare = 0.003;

// Looks and shows until there is an end. Returns the last report.
WatchReport watch(const WatchPorts& ports, const WatchPlan& plan);

}  // namespace tuner
