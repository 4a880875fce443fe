// Counters of one source (a file of the kernel, the driver of a NIC) as rates: what moved between
// two looks. Where that cannot be told it is said, and never a rate of 0. Plain data and pure
// functions.
#pragma once

#include "base/words.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class SourceState {
  Read,
  Absent,      // there is no such source: module tls is not loaded, the NIC is gone
  Unreadable,  // it could not be read this time
};
template <>
inline constexpr auto kWords<SourceState> =
    std::to_array<Word<SourceState>>({{SourceState::Read, "read"},
                                      {SourceState::Absent, "absent"},
                                      {SourceState::Unreadable, "unreadable"}});

// One look at a source.
struct CounterLook {
  SourceState state = SourceState::Read;
  std::string because = {};  // a clause; empty: it was read
  std::map<std::string, std::uint64_t> counters = {};
  std::chrono::milliseconds at{0};  // since boot
};

enum class CounterKind {
  Counter,  // only grows
  Gauge,    // a number of now
  Unknown,  // of a newer kernel or driver: either
};
template <>
inline constexpr auto kWords<CounterKind> =
    std::to_array<Word<CounterKind>>({{CounterKind::Counter, "counter"},
                                      {CounterKind::Gauge, "gauge"},
                                      {CounterKind::Unknown, "unknown"}});

// What the kernel's name in /proc/net/tls_stat counts, by those of Linux 5.5 to 7.3.
CounterKind kernel_counter_kind(std::string_view name);

enum class RateState {
  First,     // there is nothing to compare it with
  Counted,   // `moved` is known
  WentBack,  // it is lower than before: module reloaded, NIC reset
  Reset,     // it is not lower, but another counter of its source is: it began again, too
  Vanished,  // the source had it before and has it no more
};
template <>
inline constexpr auto kWords<RateState> =
    std::to_array<Word<RateState>>({{RateState::First, "first"},
                                    {RateState::Counted, "counted"},
                                    {RateState::WentBack, "went_back"},
                                    {RateState::Reset, "reset"},
                                    {RateState::Vanished, "vanished"}});

struct CounterRate {
  std::string name;
  CounterKind kind = CounterKind::Unknown;
  RateState state = RateState::First;
  std::optional<std::uint64_t> value;  // nullopt: vanished
  std::optional<std::uint64_t> moved;  // since the look before; of Counted alone, never of a gauge
  bool operator==(const CounterRate&) const = default;
};

struct SourceRates {
  SourceState state = SourceState::Absent;
  std::string because;  // as in CounterLook
  // Between the two looks that are compared; nullopt: there are no two. Longer than the interval
  // after looks that failed.
  std::optional<std::chrono::milliseconds> elapsed;
  std::vector<CounterRate> counters;  // by name; empty unless the source was read
};

// nullptr: the source has no counter of that name now.
const CounterRate* find_rate(const SourceRates& rates, std::string_view name);
// nullopt: not known, see the counter's state.
std::optional<double> per_second(const SourceRates& rates, const CounterRate& counter);
// The counters that went backwards or vanished, and since when there is no source: sentences.
std::vector<std::string> rate_notes(const SourceRates& rates);

// Compares the looks at one source, one after the other.
class RateKeeper {
 public:
  using Kind = CounterKind (*)(std::string_view name);
  explicit RateKeeper(Kind kind) : kind_(kind) {}

  SourceRates next(const CounterLook& look);

 private:
  bool was_reset(const CounterLook& look) const;

  Kind kind_;
  std::optional<CounterLook> before_;  // the last one that was read
  // Names that the source had, with their last values; kept while the source lacks them.
  std::map<std::string, std::uint64_t> seen_;
};

}  // namespace tuner
