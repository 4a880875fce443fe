#include "cli/steps/watch_loop.h"

#include "model/nic_drivers.h"

#include <algorithm>

namespace tuner {
namespace {

using std::chrono::milliseconds;

// Each name of the table means the same with every driver, and only grows.
CounterKind nic_counter_kind(std::string_view name) {
  return find_tls_statistic(name) == nullptr ? CounterKind::Unknown : CounterKind::Counter;
}

class WatchLoop {
 public:
  WatchLoop(const WatchPorts& ports, const WatchPlan& plan) : ports_(ports), plan_(plan) {}

  WatchReport run() {
    milliseconds next = ports_.now();
    for (bool first = true;; first = false) {
      look(first);
      const bool shown = !first || plan_.first_at_once;
      if (shown && !ports_.show(report_)) return report_;
      if (plan_.once && !first) return report_;
      next += plan_.interval;
      // After a suspend or a slow look there is nothing to catch up with.
      if (next <= ports_.now()) next = ports_.now() + plan_.interval;
      if (!wait_until(next, shown)) return report_;
    }
  }

 private:
  // False: the end.
  bool wait_until(milliseconds time, bool shown) {
    for (;;) {
      const milliseconds left = std::max(milliseconds(0), time - ports_.now());
      switch (ports_.wait(left)) {
        case WatchEvent::TimeUp: return true;
        case WatchEvent::Quit: return false;
        case WatchEvent::Redraw:
          if (shown && !ports_.show(report_)) return false;
      }
    }
  }

  void look(bool first) {
    const milliseconds at = ports_.now();
    const CounterLooks looks = ports_.look(at);
    report_.at = at;
    report_.interval = plan_.interval;
    report_.errors = looks.errors;
    report_.kernel = kernel_.next(looks.kernel);
    report_.nics_without = looks.nics_without;
    report_.nics = nics(looks, at);
    // Scans take at most kScanShare of the time, so they may be rarer than looks at counters.
    if (first || plan_.once || at >= scan_due_) scan(at);
  }

  std::vector<NicRates> nics(const CounterLooks& looks, milliseconds at) {
    for (const auto& [name, counters] : looks.nics) nics_.try_emplace(name, nic_counter_kind);
    std::vector<NicRates> rates;
    for (auto& [name, keeper] : nics_) {
      const auto found = looks.nics.find(name);
      rates.push_back({name, keeper.next(found == looks.nics.end() ? missing(looks, name, at)
                                                                   : found->second)});
    }
    return rates;
  }

  // A NIC that had counters is not passed over.
  static CounterLook missing(const CounterLooks& looks, const std::string& name, milliseconds at) {
    if (!looks.nics_listed)
      return {.state = SourceState::Unreadable,
              .because = "the interfaces could not be listed",
              .at = at};
    const bool there = std::ranges::count(looks.nics_without, name) > 0;
    return {.state = SourceState::Absent,
            .because = there ? "its driver counts nothing about TLS any more"
                             : "there is no such interface any more",
            .at = at};
  }

  void scan(milliseconds at) {
    const milliseconds before = ports_.cpu();
    report_.sockets = ports_.scan(at);
    const milliseconds cost = ports_.cpu() - before;
    const auto pause = milliseconds(
        static_cast<milliseconds::rep>(static_cast<double>(cost.count()) / kScanShare));
    report_.sockets->cost = cost;
    report_.sockets->every = std::max(plan_.interval, pause);
    scan_due_ = at + report_.sockets->every;
  }

  const WatchPorts& ports_;
  WatchPlan plan_;
  RateKeeper kernel_{kernel_counter_kind};
  std::map<std::string, RateKeeper> nics_;
  milliseconds scan_due_{0};
  WatchReport report_;
};

}  // namespace

WatchReport watch(const WatchPorts& ports, const WatchPlan& plan) {
  return WatchLoop(ports, plan).run();
}

}  // namespace tuner
