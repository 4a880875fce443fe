#include "bench/load/kernel/cpu_events.h"

#include "host/files/file_tree.h"
#include "host/process/become.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(CpuEvents, WhatWasCountedIsTheDifferenceOfTwoReads) {
  const BenchCounts before{10, 20, std::nullopt, 40, std::nullopt};
  const BenchCounts after{15, 19, 5, 40, std::nullopt};
  const BenchCounts counted = counted_between(before, after);
  EXPECT_EQ(counted[0], 5U);
  EXPECT_FALSE(counted[1]) << "an estimate that became less";
  EXPECT_FALSE(counted[2]) << "not counted before";
  EXPECT_EQ(counted[3], 0U);
}

// On any machine: each event is counted, or has its reason. Never both, never neither.
TEST(CpuEvents, EachIsCountedOrRefusedWithAReason) {
  const auto cpus = current_cpus();
  ASSERT_TRUE(cpus);
  const CpuEvents events = CpuEvents::open(*local_file_tree(), {cpus->first(), cpus->last()});
  std::array<bool, kBenchCounts> refused{};
  for (const CountRefusal& one : events.refused()) {
    EXPECT_FALSE(one.because.empty());
    refused[static_cast<std::size_t>(one.count)] = true;
  }
  const BenchCounts counts = events.read();
  for (std::size_t i = 0; i < counts.size(); ++i) EXPECT_NE(counts[i].has_value(), refused[i]) << i;
}

TEST(CpuEvents, ACpuThatThereIsNotIsRefusedAndNotCountedAsZero) {
  const CpuEvents events = CpuEvents::open(*local_file_tree(), {0, 60'000});
  EXPECT_GE(events.refused().size(), kBenchCounts - 1) << "memory controllers have no such CPU";
  const BenchCounts counts = events.read();
  for (std::size_t i = 0; i < static_cast<std::size_t>(BenchCount::DramBytes); ++i)
    EXPECT_FALSE(counts[i]) << i;
  for (const auto& count : CpuEvents().read()) EXPECT_FALSE(count);
}

}  // namespace
}  // namespace tuner
