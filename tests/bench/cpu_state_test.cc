#include "bench/cpu_state.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

constexpr const char* kCpu2 = "/sys/devices/system/cpu/cpu2";

TEST(CpuState, TheStateOfEachCpuIsThatOfItsOwnFiles) {
  FakeMachine machine;
  machine.set(std::string(kCpu2) + "/cpufreq/scaling_governor", "powersave");
  machine.set(std::string(kCpu2) + "/thermal_throttle/core_throttle_count", "3");
  machine.set(std::string(kCpu2) + "/thermal_throttle/package_throttle_count", "40");
  machine.set("/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "performance");
  const auto found = look_at_cpus(machine.host().files(), {2, 3});
  EXPECT_EQ(found[0].governor, "powersave");
  EXPECT_EQ(found[0].throttled, 43U);
  EXPECT_EQ(found[1].governor, "performance");
  EXPECT_FALSE(found[1].throttled) << "not counted is not zero";
}

// A count that cannot be read, or is no number, is not known: not zero.
TEST(CpuState, WhatCannotBeReadIsLeftOut) {
  FakeMachine machine;
  machine.set(std::string(kCpu2) + "/thermal_throttle/core_throttle_count", "many");
  const auto found = look_at_cpus(machine.host().files(), {2, 2});
  EXPECT_TRUE(found[0].governor.empty());
  EXPECT_FALSE(found[0].throttled);
}

}  // namespace
}  // namespace tuner
