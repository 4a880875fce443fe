#include "bench/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

nanoseconds planned(const BenchSchedule& schedule, std::size_t rows) {
  return schedule.rounds *
         (static_cast<int>(rows) * (schedule.round + schedule.warm_up) + 3 * schedule.limit);
}

TEST(Schedule, FitsIntoTheTimeWithRoomForHandshakes) {
  for (const seconds total :
       {kShortestBench, kQuickBench, kUsualBench, seconds(600), kLongestBench}) {
    for (const std::size_t rows : {2U, 4U, 8U}) {
      const BenchSchedule schedule = schedule_for(total, rows);
      EXPECT_LE(planned(schedule, rows), nanoseconds(total) * 3 / 4)
          << total.count() << " s, " << rows;
      EXPECT_GE(schedule.rounds, 10);
      EXPECT_GE(schedule.round, milliseconds(20));
    }
  }
}

TEST(Schedule, AHostThatCanMeasureNoRowHasOneToo) {
  EXPECT_GE(schedule_for(kQuickBench, 0, 0).rounds, 10);
}

TEST(Schedule, MoreTimeMakesMeasurementsLongerUpToASecondThenRoundsMore) {
  EXPECT_EQ(schedule_for(kQuickBench, 8).rounds, 10);
  EXPECT_GT(schedule_for(kUsualBench, 8).round, schedule_for(kQuickBench, 8).round);
  const BenchSchedule hour = schedule_for(kLongestBench, 8);
  EXPECT_GT(hour.rounds, 100);
  EXPECT_GE(hour.round, seconds(1));
}

// The least time per measurement counts more than the time limit, which the helper keeps.
TEST(Schedule, WithoutTimeMeasurementsAreStillLongEnoughToMeanSomething) {
  EXPECT_EQ(schedule_for(nanoseconds(0), 8).round, milliseconds(20));
  EXPECT_EQ(schedule_for(seconds(-5), 8).round, milliseconds(20));
}

TEST(Schedule, TheOrderTurnsRoundInEachRound) {
  EXPECT_THAT(order_of_round(0, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(order_of_round(1, 3), ElementsAre(2, 1, 0));
  EXPECT_THAT(order_of_round(2, 3), ElementsAre(0, 1, 2));
  EXPECT_TRUE(order_of_round(1, 0).empty());
}

// Two nodes with two cores of two threads each: 0,4 1,5 | 2,6 3,7.
Topology two_nodes() {
  Topology topology;
  topology.online = CpuSet::range(0, 7);
  topology.nodes = {{.id = 0, .cpus = CpuSet::of({0, 1, 4, 5})},
                    {.id = 1, .cpus = CpuSet::of({2, 3, 6, 7})}};
  topology.cores = {CpuSet::of({0, 4}), CpuSet::of({1, 5}), CpuSet::of({2, 6}), CpuSet::of({3, 7})};
  return topology;
}

TEST(Schedule, TwoCoresOfOneNodeAreChosenWithoutTheCoreOfCpu0) {
  const auto chosen = choose_cpus(CpuSet::range(0, 7), two_nodes());
  ASSERT_TRUE(chosen);
  EXPECT_THAT(chosen->cpus, ElementsAre(2, 3));
  EXPECT_EQ(chosen->share, CpusShare::Nothing);
  EXPECT_TRUE(chosen->same_node);
}

TEST(Schedule, TheCoreOfCpu0IsUsedIfThereIsNoOther) {
  EXPECT_THAT(choose_cpus(CpuSet::of({0, 1, 4, 5}), two_nodes())->cpus, ElementsAre(1, 0));
}

TEST(Schedule, WhatTheEndsShareIsSaid) {
  const auto nodes = choose_cpus(CpuSet::of({1, 6}), two_nodes());
  EXPECT_THAT(nodes->cpus, ElementsAre(1, 6));
  EXPECT_FALSE(nodes->same_node);
  const auto core = choose_cpus(CpuSet::of({3, 7}), two_nodes());
  EXPECT_THAT(core->cpus, ElementsAre(3, 7));
  EXPECT_EQ(core->share, CpusShare::Core);
  const auto one = choose_cpus(CpuSet::of({5}), two_nodes());
  EXPECT_THAT(one->cpus, ElementsAre(5, 5));
  EXPECT_EQ(one->share, CpusShare::Cpu);
  EXPECT_FALSE(choose_cpus(CpuSet(), two_nodes()));
}

TEST(Schedule, AnUnknownTopologyTakesEachCpuForACore) {
  EXPECT_THAT(choose_cpus(CpuSet::range(0, 1), Topology())->cpus, ElementsAre(1, 0));
}

}  // namespace
}  // namespace tuner
