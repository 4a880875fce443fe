#include "model/counter_rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Counters = std::map<std::string, std::uint64_t>;

CounterLook read_at(int ms, Counters counters) {
  return {.counters = std::move(counters), .at = milliseconds(ms)};
}

CounterRate rate_of(const SourceRates& rates, std::string_view name) {
  const CounterRate* const found = find_rate(rates, name);
  return found == nullptr ? CounterRate{.name = "there is none", .value = {}, .moved = {}} : *found;
}

TEST(CounterRates, TheFirstLookHasNoRate) {
  RateKeeper keeper(kernel_counter_kind);
  const SourceRates rates = keeper.next(read_at(1000, {{"TlsTxSw", 7}}));
  EXPECT_EQ(rates.elapsed, std::nullopt);
  const CounterRate first = rate_of(rates, "TlsTxSw");
  EXPECT_EQ(first.state, RateState::First);
  EXPECT_EQ(first.value, 7U);
  EXPECT_EQ(first.moved, std::nullopt);
  EXPECT_EQ(per_second(rates, first), std::nullopt);
}

TEST(CounterRates, MovedByTheTimeBetweenTheLooks) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(1000, {{"TlsTxSw", 7}, {"TlsRxSw", 1}})));
  const SourceRates rates = keeper.next(read_at(3000, {{"TlsTxSw", 10}, {"TlsRxSw", 1}}));
  EXPECT_EQ(per_second(rates, rate_of(rates, "TlsTxSw")), 1.5);
  EXPECT_EQ(per_second(rates, rate_of(rates, "TlsRxSw")), 0.0) << "it was read twice: a true 0";
}

TEST(CounterRates, AGaugeHasAValueAndNoRateAndMayFall) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(0, {{"TlsCurrTxSw", 9}, {"TlsTxSw", 9}})));
  const SourceRates rates = keeper.next(read_at(1000, {{"TlsCurrTxSw", 2}, {"TlsTxSw", 11}}));
  const CounterRate gauge = rate_of(rates, "TlsCurrTxSw");
  EXPECT_EQ(gauge.kind, CounterKind::Gauge);
  EXPECT_EQ(gauge.value, 2U);
  EXPECT_EQ(gauge.moved, std::nullopt);
  EXPECT_EQ(rate_of(rates, "TlsTxSw").moved, 2U) << "a lower gauge is no reset";
}

TEST(CounterRates, AKnownCounterThatFallsEndsTheRatesOfItsSource) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(0, {{"TlsTxSw", 9}, {"TlsRxSw", 1}})));
  const SourceRates rates = keeper.next(read_at(1000, {{"TlsTxSw", 2}, {"TlsRxSw", 5}}));
  EXPECT_EQ(rate_of(rates, "TlsTxSw").state, RateState::WentBack);
  EXPECT_EQ(rate_of(rates, "TlsRxSw").state, RateState::Reset)
      << "it overtook its old value after the reset: 4 would be a lie";
  EXPECT_EQ(rate_of(rates, "TlsRxSw").moved, std::nullopt);
  EXPECT_THAT(rate_notes(rates), ElementsAre(HasSubstr("TlsTxSw went backwards to 2")));
  const SourceRates after = keeper.next(read_at(2000, {{"TlsTxSw", 3}, {"TlsRxSw", 5}}));
  EXPECT_EQ(rate_of(after, "TlsTxSw").moved, 1U) << "from then on it counts again";
  EXPECT_THAT(rate_notes(after), IsEmpty());
}

TEST(CounterRates, ANameThatIsNotKnownPassesThroughAndFallsAlone) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(0, {{"TlsFuture", 9}, {"TlsTxSw", 1}})));
  const SourceRates rates = keeper.next(read_at(1000, {{"TlsFuture", 4}, {"TlsTxSw", 3}}));
  EXPECT_EQ(rate_of(rates, "TlsFuture").kind, CounterKind::Unknown);
  EXPECT_EQ(rate_of(rates, "TlsFuture").state, RateState::WentBack);
  EXPECT_EQ(rate_of(rates, "TlsTxSw").moved, 2U) << "it may be a gauge, which proves no reset";
  const SourceRates after = keeper.next(read_at(2000, {{"TlsFuture", 6}, {"TlsTxSw", 3}}));
  EXPECT_EQ(rate_of(after, "TlsFuture").moved, 2U);
}

TEST(CounterRates, AVanishedCounterIsSaidUntilItReturns) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(0, {{"TlsTxSw", 9}, {"TlsRxSw", 1}})));
  for (int at : {1000, 2000}) {
    const SourceRates rates = keeper.next(read_at(at, {{"TlsRxSw", 1}}));
    const CounterRate gone = rate_of(rates, "TlsTxSw");
    EXPECT_EQ(gone.state, RateState::Vanished) << at;
    EXPECT_EQ(gone.value, std::nullopt);
    EXPECT_EQ(per_second(rates, gone), std::nullopt);
    EXPECT_THAT(rate_notes(rates), ElementsAre(HasSubstr("TlsTxSw has vanished")));
  }
  const SourceRates back = keeper.next(read_at(3000, {{"TlsTxSw", 9}, {"TlsRxSw", 1}}));
  EXPECT_EQ(rate_of(back, "TlsTxSw").state, RateState::First);
}

TEST(CounterRates, AfterALookThatFailedTheRateIsOverTheLongerTime) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(0, {{"TlsTxSw", 2}})));
  const SourceRates failed = keeper.next(
      {.state = SourceState::Unreadable, .because = "permission denied", .at = milliseconds(1000)});
  EXPECT_EQ(failed.state, SourceState::Unreadable);
  EXPECT_EQ(failed.because, "permission denied");
  EXPECT_THAT(failed.counters, IsEmpty()) << "neither old values nor rates of 0";
  const SourceRates rates = keeper.next(read_at(4000, {{"TlsTxSw", 6}}));
  EXPECT_EQ(rates.elapsed, milliseconds(4000));
  EXPECT_EQ(per_second(rates, rate_of(rates, "TlsTxSw")), 1.0);
}

TEST(CounterRates, ASourceThatWasAwayBeginsAgain) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next(read_at(0, {{"TlsTxSw", 2}})));
  EXPECT_EQ(keeper.next({.state = SourceState::Absent, .because = "not loaded"}).state,
            SourceState::Absent);
  const SourceRates rates = keeper.next(read_at(2000, {{"TlsTxSw", 60}}));
  EXPECT_EQ(rate_of(rates, "TlsTxSw").state, RateState::First)
      << "60 sessions since the module was loaded again, not 58 since the last look";
}

}  // namespace
}  // namespace tuner
