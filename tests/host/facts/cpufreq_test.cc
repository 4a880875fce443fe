#include "host/facts/parts.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

void add_policy(FakeMachine& machine, int number, std::string_view cpus) {
  const std::string folder = fmt::format("/sys/devices/system/cpu/cpufreq/policy{}/", number);
  machine.set(folder + "related_cpus", cpus);
  machine.set(folder + "scaling_driver", "intel_pstate");
  machine.set(folder + "scaling_governor", "powersave");
  machine.set(folder + "scaling_available_governors", "performance powersave ");
}

TEST(CollectCpufreq, AMachineWithoutCpufreqHasNoPolicies) {
  EXPECT_TRUE(collect_cpufreq(FakeMachine().host().files()).empty());
}

TEST(CollectCpufreq, ReadsEveryPolicyInNumericOrder) {
  FakeMachine machine;
  add_policy(machine, 10, "10 74");
  add_policy(machine, 9, "9");
  machine.set("/sys/devices/system/cpu/cpufreq/boost", "1");
  const auto policies = collect_cpufreq(machine.host().files());
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[0].name, "policy9");
  EXPECT_EQ(policies[1].cpus.to_list(), "10,74");
  EXPECT_EQ(policies[1].governor, "powersave");
  EXPECT_EQ(policies[1].driver, "intel_pstate");
  EXPECT_EQ(policies[1].available_governors,
            (std::vector<std::string>{"performance", "powersave"}));
  EXPECT_EQ(policies[1].epp, "");
}

TEST(CollectCpufreq, ReadsEnergyPreferencesIfTheDriverHasThem) {
  FakeMachine machine;
  for (int number : {0, 1}) {
    add_policy(machine, number, fmt::format("{}", number));
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpufreq/policy{}/", number);
    machine.set(folder + "energy_performance_preference", "balance_performance");
    machine.set(folder + "energy_performance_available_preferences", "default performance power ");
  }
  const auto policies = collect_cpufreq(machine.host().files());
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[1].epp, "balance_performance");
  EXPECT_EQ(policies[1].available_epp,
            (std::vector<std::string>{"default", "performance", "power"}));
}

TEST(CollectCpufreq, ReadsTheDriverOnce) {
  FakeMachine machine;
  for (int number = 0; number < 64; ++number)
    add_policy(machine, number, fmt::format("{}", number));
  machine.forget();
  collect_cpufreq(machine.host().files());
  EXPECT_LE(machine->reads.size(), 2U * 64 + 6);
}

}  // namespace
}  // namespace tuner
