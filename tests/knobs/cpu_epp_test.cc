#include "knobs/knob_test.h"

namespace tuner::testing {
namespace {

Profile profile(std::string_view preference) {
  Profile made;
  made.cpus = {{.nodes = CpuEntry::Nodes::All, .epp = exactly(word(preference))}};
  return made;
}

Subject policy0() {
  return expand("cpu_epp", profile("performance"), two_node_facts()).desired_settings.at(0).subject;
}

TEST(CpuEpp, SubjectsAreThePolicies) {
  const Subject subject = policy0();
  EXPECT_EQ(subject.key, "cpufreq:policy0/epp");
  EXPECT_EQ(subject.place, "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference");
  EXPECT_EQ(find_knob("cpu_epp")->locate(subject, two_node_facts()), subject);
  EXPECT_FALSE(find_knob("cpu_governor")->locate(subject, two_node_facts()));
}

TEST(CpuEpp, AcceptsOnlyOfferedWordsAndNumbers) {
  const std::string list =
      "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_available_preferences";
  FakeMachine machine = two_node_machine();
  const auto asked = [&](std::string_view preference) {
    return takes(policy0(), word(preference), machine.host());
  };
  EXPECT_EQ(asked("power").availability, Availability::Available);
  EXPECT_EQ(asked("128").availability, Availability::Available);
  EXPECT_EQ(asked("turbo").availability, Availability::Unsupported);
  EXPECT_EQ(asked("turbo").reason,
            "intel_pstate offers default performance balance_performance balance_power power, not "
            "turbo");
  machine->files[list] = "default performance pow";
  EXPECT_EQ(asked("performance").availability, Availability::Unreadable) << "cut off";
  EXPECT_EQ(asked("128").availability, Availability::Available) << "needs no list";
  machine->files[list] = "";
  EXPECT_EQ(asked("performance").availability, Availability::Unreadable) << "empty";
  machine->unreadable.insert(list);
  EXPECT_EQ(asked("performance").availability, Availability::Unreadable);
  machine->unreadable.clear();
  machine.remove(list);
  EXPECT_EQ(asked("turbo").availability, Availability::Available)
      << "without a list the driver decides";
}

TEST(CpuEpp, IsBusyWhileTheGovernorIsPerformance) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  Subject governor = policy0();
  governor.knob = "cpu_governor";
  governor.place = "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor";
  ASSERT_TRUE(write(governor, word("performance"), host));
  const auto refused = write(policy0(), word("power"), host);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Busy);
  ASSERT_TRUE(write(governor, word("powersave"), host));
  ASSERT_TRUE(write(policy0(), word("power"), host));
  EXPECT_EQ(observe(policy0(), host).value, word("power"));
}

TEST(CpuEpp, ADriverWithoutAPreferenceIsNamed) {
  FakeMachine machine = two_node_machine();
  machine.remove(policy0().place);
  machine.set("/sys/devices/system/cpu/cpufreq/policy0/scaling_driver", "acpi-cpufreq");
  const Observation seen = observe(policy0(), machine.host());
  EXPECT_EQ(seen.availability, Availability::Unsupported);
  EXPECT_TRUE(seen.reason.starts_with("acpi-cpufreq has no energy performance preference"))
      << seen.reason;
}

TEST(CpuEpp, AMachineWithoutCpufreqIsOneUnsupportedSetting) {
  EXPECT_EQ(expand("cpu_epp", profile("performance"), {}).text(),
            "cpufreq = performance (unsupported)\n");
}

}  // namespace
}  // namespace tuner::testing
