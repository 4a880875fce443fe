#include "model/counter_rates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// net/tls/tls_proc.c. The gauges begin with TlsCurr in every release.
constexpr std::array<std::string_view, 13> kKernelCounters{"TlsDecryptError",
                                                           "TlsDecryptRetry",
                                                           "TlsRxDevice",
                                                           "TlsRxDeviceResync",
                                                           "TlsRxNoPadViolation",
                                                           "TlsRxRekeyError",
                                                           "TlsRxRekeyOk",
                                                           "TlsRxRekeyReceived",
                                                           "TlsRxSw",
                                                           "TlsTxDevice",
                                                           "TlsTxRekeyError",
                                                           "TlsTxRekeyOk",
                                                           "TlsTxSw"};
constexpr std::string_view kGauges = "TlsCurr";

}  // namespace

CounterKind kernel_counter_kind(std::string_view name) {
  if (name.starts_with(kGauges)) return CounterKind::Gauge;
  return std::ranges::count(kKernelCounters, name) > 0 ? CounterKind::Counter
                                                       : CounterKind::Unknown;
}

const CounterRate* find_rate(const SourceRates& rates, std::string_view name) {
  const auto found = std::ranges::find(rates.counters, name, &CounterRate::name);
  return found == rates.counters.end() ? nullptr : &*found;
}

std::optional<double> per_second(const SourceRates& rates, const CounterRate& counter) {
  if (!counter.moved || !rates.elapsed || rates.elapsed->count() <= 0) return std::nullopt;
  return static_cast<double>(*counter.moved) * 1000 / static_cast<double>(rates.elapsed->count());
}

std::vector<std::string> rate_notes(const SourceRates& rates) {
  std::vector<std::string> notes;
  for (const CounterRate& counter : rates.counters) {
    if (counter.state == RateState::Vanished)
      notes.push_back(fmt::format("{} has vanished: no rate", counter.name));
    if (counter.state == RateState::WentBack)
      notes.push_back(fmt::format("{} went backwards to {}: {}", counter.name,
                                  counter.value.value_or(0),
                                  counter.kind == CounterKind::Counter
                                      ? "the counters were reset, so there are no rates this time"
                                      : "no rate this time"));
  }
  return notes;
}

// One known counter that is lower proves that all began again: the others may have overtaken their
// old values since. A name that is not known may be a gauge, which proves nothing.
bool RateKeeper::was_reset(const CounterLook& look) const {
  return std::ranges::any_of(before_->counters, [&](const auto& was) {
    const auto is = look.counters.find(was.first);
    return is != look.counters.end() && is->second < was.second &&
           kind_(was.first) == CounterKind::Counter;
  });
}

SourceRates RateKeeper::next(const CounterLook& look) {
  SourceRates rates{.state = look.state, .because = look.because, .elapsed = {}, .counters = {}};
  if (look.state == SourceState::Unreadable) return rates;  // the next one is compared with before_
  if (look.state == SourceState::Absent) {
    before_.reset();
    return rates;
  }
  const bool reset = before_ && was_reset(look);
  if (before_) rates.elapsed = look.at - before_->at;
  for (const auto& [name, value] : look.counters) {
    CounterRate rate{.name = name, .kind = kind_(name), .state = {}, .value = value, .moved = {}};
    const auto was = before_ ? before_->counters.find(name) : look.counters.end();
    const bool has_before = before_ && was != before_->counters.end();
    if (!has_before) {
      rate.state = RateState::First;
    } else if (rate.kind != CounterKind::Gauge && value < was->second) {
      rate.state = RateState::WentBack;
    } else if (rate.kind != CounterKind::Gauge && reset) {
      rate.state = RateState::Reset;
    } else {
      rate.state = RateState::Counted;
      if (rate.kind != CounterKind::Gauge) rate.moved = value - was->second;
    }
    rates.counters.push_back(std::move(rate));
    seen_[name] = value;
  }
  // In each look from then on: one that did not see the first such note must still learn it.
  for (const auto& [name, value] : seen_) {
    if (!look.counters.contains(name))
      rates.counters.push_back({.name = name,
                                .kind = kind_(name),
                                .state = RateState::Vanished,
                                .value = {},
                                .moved = {}});
  }
  std::ranges::sort(rates.counters, {}, &CounterRate::name);
  before_ = look;
  return rates;
}

}  // namespace tuner
