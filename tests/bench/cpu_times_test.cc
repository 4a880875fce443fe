#include "bench/cpu_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kStat =
    "cpu  100 200 300 4000 500 60 70 80 0 0\n"
    "cpu1 1 2 3 4 5 6 7 8 9 10\n"
    "cpu10 10 20 30 40 50 60 70 80 0 0\n"
    "intr 5 6\n";

TEST(CpuTimes, StolenTimeAndGuestsAreNotCountedTwice) {
  const auto times = cpu_times(kStat, 1);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->busy, 1U + 2 + 3 + 6 + 7);
  EXPECT_EQ(times->idle, 4U + 5);
  EXPECT_EQ(cpu_times(kStat, 10)->idle, 90U);
}

TEST(CpuTimes, AnOfflineCpuACutLineAndTextAreErrors) {
  EXPECT_EQ(cpu_times(kStat, 2).error().fault, Fault::NotFound);
  EXPECT_EQ(cpu_times("", 0).error().fault, Fault::NotFound);
  const auto cut = cpu_times("cpu0 1 2 3 4 5", 0);
  EXPECT_EQ(cut.error().fault, Fault::Invalid);
  EXPECT_THAT(cut.error().text, HasSubstr("only 5 numbers"));
  EXPECT_EQ(cpu_times("cpu0 1 2 x 4 5 6 7", 0).error().fault, Fault::Invalid);
}

TEST(CpuTimes, TheBusyShareIsOfTheTimeThatPassed) {
  EXPECT_EQ(busy_thousandths({.busy = 100, .idle = 100}, {.busy = 103, .idle = 127}), 100);
  EXPECT_EQ(busy_thousandths({.busy = 5, .idle = 5}, {.busy = 5, .idle = 5}), 0);
  // idle may go back by a tick
  EXPECT_EQ(busy_thousandths({.busy = 5, .idle = 5}, {.busy = 15, .idle = 4}), 1000);
}

}  // namespace
}  // namespace tuner
