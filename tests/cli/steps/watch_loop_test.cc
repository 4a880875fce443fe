#include "cli/steps/watch_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A machine whose clock moves only while watch waits, looks or scans.
struct Machine {
  milliseconds now{10'000};
  milliseconds cpu{0};
  milliseconds look_takes{0};
  milliseconds scan_costs{0};
  std::uint64_t sessions = 0;      // TlsTxSw: one more with each look
  std::deque<CounterLooks> looks;  // if not empty, these in turn
  std::deque<WatchEvent> events;   // of wait(), then Quit
  std::vector<milliseconds> waits, scans;
  std::vector<WatchReport> shown;
  std::size_t takes_shows = 1000;

  WatchPorts ports() {
    return {.now = [this] { return now; },
            .cpu = [this] { return cpu; },
            .wait =
                [this](milliseconds at_most) {
                  waits.push_back(at_most);
                  if (events.empty()) return WatchEvent::Quit;
                  const WatchEvent event = events.front();
                  events.pop_front();
                  if (event == WatchEvent::TimeUp) now += at_most;
                  return event;
                },
            .look =
                [this](milliseconds at) {
                  now += look_takes;
                  CounterLooks next;
                  if (!looks.empty()) {
                    next = looks.front();
                    looks.pop_front();
                  } else {
                    next.kernel.counters["TlsTxSw"] = ++sessions;
                  }
                  next.kernel.at = at;
                  for (auto& [name, nic] : next.nics) nic.at = at;
                  return next;
                },
            .scan =
                [this](milliseconds at) {
                  scans.push_back(at);
                  cpu += scan_costs;
                  SocketsPart part;
                  part.at = at;
                  return part;
                },
            .show =
                [this](const WatchReport& report) {
                  shown.push_back(report);
                  return shown.size() < takes_shows;
                }};
  }
};

std::deque<WatchEvent> times_up(std::size_t count) {
  return std::deque<WatchEvent>(count, WatchEvent::TimeUp);
}

TEST(WatchLoop, OnceShowsOneReportOfTwoLooks) {
  Machine machine;
  machine.events = times_up(9);
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000), .once = true}));
  ASSERT_THAT(machine.shown, SizeIs(1));
  const SourceRates& kernel = machine.shown[0].kernel;
  EXPECT_EQ(kernel.elapsed, milliseconds(2000));
  EXPECT_EQ(per_second(kernel, kernel.counters.at(0)), 0.5);
  EXPECT_THAT(machine.scans, SizeIs(2)) << "rates of sockets need two scans, too";
}

TEST(WatchLoop, APageShowsTheFirstLookAtOnceAndWithoutRates) {
  Machine machine;
  static_cast<void>(
      watch(machine.ports(), {.interval = milliseconds(2000), .first_at_once = true}));
  ASSERT_THAT(machine.shown, SizeIs(1)) << "then it was ended";
  EXPECT_EQ(machine.shown[0].kernel.counters.at(0).state, RateState::First);
}

TEST(WatchLoop, TheTimeOfALookIsNoPartOfTheWait) {
  Machine machine;
  machine.look_takes = milliseconds(300);
  machine.events = times_up(2);
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000)}));
  EXPECT_THAT(machine.waits,
              ElementsAre(milliseconds(1700), milliseconds(1700), milliseconds(1700)))
      << "looks are one interval apart";
}

TEST(WatchLoop, AfterALookThatTookTooLongNothingIsCaughtUp) {
  Machine machine;
  machine.look_takes = milliseconds(9000);
  machine.events = times_up(1);
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000)}));
  EXPECT_THAT(machine.waits, ElementsAre(milliseconds(2000), milliseconds(2000)));
}

TEST(WatchLoop, RedrawShowsTheSameReportAndWaitsForTheRest) {
  Machine machine;
  machine.events = {WatchEvent::TimeUp, WatchEvent::Redraw};
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000)}));
  ASSERT_THAT(machine.shown, SizeIs(2));
  EXPECT_EQ(machine.shown[0].at, machine.shown[1].at);
  EXPECT_EQ(machine.sessions, 2U) << "a resize is no reason to look";
}

TEST(WatchLoop, EndsWhenThereIsNoOutputAnyMore) {
  Machine machine;
  machine.events = times_up(9);
  machine.takes_shows = 1;
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000)}));
  EXPECT_THAT(machine.shown, SizeIs(1));
}

TEST(WatchLoop, ACheapScanComesWithEachLook) {
  Machine machine;
  machine.scan_costs = milliseconds(1);
  machine.events = times_up(3);
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000)}));
  EXPECT_THAT(machine.scans, SizeIs(4));
}

TEST(WatchLoop, ADearScanComesSoSeldomThatAllTogetherTakeTheirShareOfOneCpu) {
  Machine machine;
  machine.scan_costs = milliseconds(90);  // 30 s at 0.3 %
  machine.events = times_up(100);
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(2000)}));
  const auto took = static_cast<double>(machine.cpu.count());
  const auto time = static_cast<double>((machine.now - milliseconds(10'000)).count());
  EXPECT_LE(took / time, 0.005);
  EXPECT_THAT(machine.scans, SizeIs(7)) << "in 200 s";
  EXPECT_EQ(machine.shown.at(3).sockets->at, milliseconds(10'000)) << "the old one, with its time";
  EXPECT_EQ(machine.shown.at(3).sockets->every, milliseconds(30'000));
}

TEST(WatchLoop, ANicThatIsGoneIsSaidAndNotPassedOver) {
  Machine machine;
  CounterLooks with, without, not_listed;
  with.nics["eth0"].counters["tx_tls_ctx"] = 4;
  not_listed.nics_listed = false;
  machine.looks = {with, without, not_listed, with};
  machine.events = times_up(3);
  static_cast<void>(
      watch(machine.ports(), {.interval = milliseconds(1000), .first_at_once = true}));
  ASSERT_THAT(machine.shown, SizeIs(4));
  const auto nic = [&](std::size_t look) { return machine.shown[look].nics.at(0).rates; };
  EXPECT_EQ(nic(1).state, SourceState::Absent);
  EXPECT_THAT(nic(1).because, HasSubstr("no such interface"));
  EXPECT_THAT(nic(1).counters, IsEmpty()) << "no rate of 0";
  EXPECT_EQ(nic(2).state, SourceState::Unreadable) << "it may be there: nothing could be listed";
  EXPECT_EQ(nic(3).counters.at(0).state, RateState::First) << "it may be another one";
}

TEST(WatchLoop, TheStatisticsOfADriverOnlyGrowIfTheyAreKnown) {
  Machine machine;
  CounterLooks before, after;
  before.nics["eth0"].counters = {{"tx_tls_ctx", 4}, {"tx_tls_active", 9}};
  after.nics["eth0"].counters = {{"tx_tls_ctx", 6}, {"tx_tls_active", 2}};
  machine.looks = {before, after};
  machine.events = times_up(1);
  static_cast<void>(watch(machine.ports(), {.interval = milliseconds(1000), .once = true}));
  const SourceRates& rates = machine.shown.at(0).nics.at(0).rates;
  EXPECT_EQ(find_rate(rates, "tx_tls_ctx")->moved, 2U);
  EXPECT_EQ(find_rate(rates, "tx_tls_active")->state, RateState::WentBack);
}

}  // namespace
}  // namespace tuner
