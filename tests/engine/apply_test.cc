#include "engine/apply.h"

#include "engine/rig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace tuner {
namespace {

using testing::answer;
using testing::exactly;
using testing::names_with;
using testing::other_profile;
using testing::Rig;
using testing::step_named;
using testing::whole_profile;
using End = ApplyReport::End;
using ::testing::HasSubstr;

constexpr const char* kWmem = "/proc/sys/net/core/wmem_max";
constexpr const char* kGovernor = "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor";
constexpr const char* kEpp =
    "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference";

testing::WriteRule refuse(int errno_value) {
  return [=](const std::string&, std::string_view) -> Result<std::string> {
    return fail(answer(errno_value, "write"));
  };
}

TEST(Apply, ASecondApplyWritesNothing) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine.fuse->disarm();
  const ApplyReport again = rig.apply(whole_profile());
  EXPECT_EQ(again.end, End::Nothing);
  EXPECT_EQ(rig.machine.fuse->count(), 0);
}

TEST(Apply, TheJournalIsWrittenBeforeEveryWrite) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto& writes = rig.machine.fuse->writes;
  std::ptrdiff_t journal = 0;
  std::ptrdiff_t machine = 0;
  for (const std::string& write : writes) {
    if (write == kJournalHeadPath) continue;  // follows its line
    (write == kJournalPath ? journal : machine) += 1;
    EXPECT_GT(journal, machine) << "a write without its journal line: " << write;
  }
  EXPECT_GT(machine, 10);
}

TEST(Apply, WritesPreferenceAndGovernorInTheOrderThatTheKernelAccepts) {
  Rig rig;
  Profile saving = whole_profile();
  saving.name = "saving";
  saving.cpus = {
      {.governor = exactly(std::string("powersave")), .epp = exactly(std::string("power"))}};
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  EXPECT_EQ(rig.machine.text(kGovernor), "performance");
  EXPECT_EQ(rig.machine.text(kEpp), "performance");
  ASSERT_EQ(rig.apply(saving).end, End::Applied);
  EXPECT_EQ(rig.machine.text(kGovernor), "powersave");
  EXPECT_EQ(rig.machine.text(kEpp), "power");
}

TEST(Apply, ARequiredSettingThatCannotBeMetIsRefusedBeforeAnyWrite) {
  Rig rig;
  rig.machine.remove(kWmem);
  const auto before = rig.machine.snapshot();
  const ApplyReport report = rig.apply(whole_profile());
  EXPECT_EQ(report.end, End::Refused);
  EXPECT_EQ(rig.machine.fuse->count(), 0);
  EXPECT_EQ(rig.machine.snapshot(), before);
}

// A required feature of a NIC that does not exist, and a sysctl that can be set.
Profile with_missing_nic() {
  Profile profile;
  profile.name = "missing";
  profile.digest = "d";
  profile.sysctl = {{"net.core.somaxconn", testing::at_least(std::int64_t{8192})}};
  NicEntry entry{.select = {.drivers = {"mlx5_core"}}};
  entry.features = {{"tls-hw-tx-offload", exactly(true)}};
  profile.nics = {entry};
  return profile;
}

TEST(Apply, ARequiredSettingWithoutASubjectRefusesTheRun) {
  Rig rig;
  const auto report = rig.apply(with_missing_nic());
  EXPECT_EQ(report.end, End::Refused);
  EXPECT_TRUE(rig.machine->writes.empty());
  EXPECT_EQ(names_with(report.plan, Status::NoSubject),
            (std::vector<std::string>{"nic_features driver mlx5_core/tls-hw-tx-offload"}));
}

TEST(Apply, AnUnattendedRunWritesTheOtherSettings) {
  Rig rig;
  rig.without_missing = true;
  rig.machine.set("/proc/sys/net/core/somaxconn", "4096");
  const auto report = rig.apply(with_missing_nic());
  EXPECT_EQ(report.end, End::Applied);
  EXPECT_EQ(rig.machine.text("/proc/sys/net/core/somaxconn"), "8192");
  EXPECT_EQ(names_with(report.plan, Status::NoSubject).size(), 1U);
}

TEST(Apply, AFailedListOfNicsIsNotASettingWithoutASubject) {
  Rig rig;
  rig.without_missing = true;
  rig.machine->read_errors["/sys/class/net"] = EIO;
  const auto report = rig.apply(with_missing_nic());
  EXPECT_EQ(report.end, End::Refused);
  EXPECT_TRUE(names_with(report.plan, Status::NoSubject).empty());
  EXPECT_EQ(names_with(report.plan, Status::Unreadable).size(), 1U);
}

TEST(Apply, AFailedRequiredWriteRollsBackTheRun) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  rig.machine->rules[kWmem] = refuse(EINVAL);
  const ApplyReport report = rig.apply(whole_profile());
  EXPECT_EQ(report.end, End::RolledBack);
  ASSERT_TRUE(report.error.has_value());
  EXPECT_THAT(report.error->text, HasSubstr("net.core.wmem_max"));
  EXPECT_EQ(rig.machine.snapshot(), before);
  EXPECT_EQ(rig.journal().active(), nullptr);
}

TEST(Apply, TheHookRunsOnceBeforeTheFirstWriteAndItsErrorRefusesTheRun) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  int asked = 0;
  rig.before_first_write = [&]() -> Outcome {
    ++asked;
    EXPECT_EQ(rig.machine.fuse->count(), 0) << "nor to the journal";
    return fail(Fault::TimedOut, "no guard");
  };
  const ApplyReport report = rig.apply(whole_profile());
  EXPECT_EQ(report.end, End::Refused);
  EXPECT_EQ(report.error->text, "no guard");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(rig.machine.fuse->count(), 0);
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Apply, TheHookDoesNotRunIfThereIsNothingToWrite) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.before_first_write = []() -> Outcome {
    ADD_FAILURE() << "the hook ran";
    return {};
  };
  EXPECT_EQ(rig.apply(whole_profile()).end, End::Nothing);
}

TEST(Apply, AnInterruptedRunIsRolledBack) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  int asked = 0;
  rig.interrupted = [&] { return ++asked > 5; };
  const ApplyReport report = rig.apply(whole_profile());
  EXPECT_EQ(report.end, End::RolledBack);
  EXPECT_THAT(report.error->text, HasSubstr("interrupted before"));
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Apply, OnFailureKeepKeepsTheWrittenSettingsAndRollbackStillWorks) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  rig.machine->rules[kWmem] = refuse(EINVAL);
  EXPECT_EQ(rig.apply(whole_profile(), /*rollback_on_failure=*/false).end, End::Failed);
  EXPECT_NE(rig.machine.snapshot(), before);
  rig.machine->rules.erase(kWmem);
  ASSERT_TRUE(rig.rollback().has_value());
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Apply, AFailedPreferredWriteIsReportedAndTheRunContinues) {
  Rig rig;
  Profile profile = whole_profile();
  profile.sysctl.front().setting.need = Need::Preferred;
  rig.machine->rules[kWmem] = refuse(EINVAL);
  const ApplyReport report = rig.apply(profile);
  EXPECT_EQ(report.end, End::Applied);
  EXPECT_EQ(step_named(report.plan.steps, "net.core.wmem_max")->status, Status::Failed);
  EXPECT_EQ(rig.journal().entry("sysctl:net.core.wmem_max"), nullptr);
}

TEST(Apply, AWriteWithoutEffectIsAFailure) {
  Rig rig;
  rig.machine->rules[kWmem] = [](const std::string& old, std::string_view) -> Result<std::string> {
    return old;
  };
  const ApplyReport report = rig.apply(whole_profile());
  EXPECT_EQ(report.end, End::RolledBack);
  EXPECT_THAT(report.error->text, HasSubstr("but it reads"));
}

Profile only_wmem() {
  return {.name = "wmem",
          .digest = "0000000000000005",
          .sysctl = {{"net.core.wmem_max", testing::at_least(std::int64_t{16777216})}}};
}

// With a longer limit, a profile of many settings without effect would delay a boot by minutes.
TEST(Apply, AValueMustReadBackWithinOneSecond) {
  for (const bool shows : {true, false}) {
    Rig rig;
    const auto start = rig.machine->since_boot;
    rig.machine->rules[kWmem] = [](const std::string& old,
                                   std::string_view) -> Result<std::string> { return old; };
    rig.machine->on_sleep = [&] {
      if (shows && rig.machine->since_boot - start >= std::chrono::seconds(1))
        rig.machine.set(kWmem, "16777216");
    };
    const ApplyReport report = rig.apply(only_wmem(), /*rollback_on_failure=*/false);
    EXPECT_EQ(report.end, shows ? End::Applied : End::Failed);
    EXPECT_EQ(rig.machine->since_boot - start, std::chrono::seconds(1));
  }
}

TEST(Apply, ARoundedValueThatMeetsTheGoalIsDoneAndJournaledAsReadBack) {
  Rig rig;
  rig.machine->rules[kWmem] = [](const std::string&, std::string_view) -> Result<std::string> {
    return "16777220";
  };
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  EXPECT_EQ(rig.journal().entry("sysctl:net.core.wmem_max")->last_written(),
            Value{std::int64_t{16777220}});
}

// Only rings and coalescing are rounded up. For other settings a larger value is another value.
TEST(Apply, ALargerValueThanAnExactGoalIsAFailure) {
  Rig rig;
  rig.machine->rules["/proc/sys/net/ipv4/tcp_notsent_lowat"] =
      [](const std::string&, std::string_view) -> Result<std::string> { return "131073"; };
  const ApplyReport report = rig.apply(whole_profile(), /*rollback_on_failure=*/false);
  ASSERT_EQ(report.end, End::Failed);
  EXPECT_THAT(report.error->text, HasSubstr("written 131072, but it reads 131073"));
}

TEST(Apply, AChangeOfProfileWritesOnlyTheDifference) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine.forget();
  ASSERT_EQ(rig.apply(other_profile()).end, End::Applied);
  for (const std::string& write : rig.machine->writes)
    EXPECT_THAT(write, ::testing::Not(HasSubstr("tls "))) << write;
  EXPECT_EQ(rig.machine.text(kWmem), "33554432");
  EXPECT_EQ(rig.journal().active()->profile, "other");
}

TEST(Apply, AProfileInSyncBecomesActiveWithoutAWrite) {
  Rig rig;
  ASSERT_EQ(rig.apply(other_profile()).end, End::Applied);
  Profile renamed = other_profile();
  renamed.name = "renamed";
  rig.machine.forget();
  EXPECT_EQ(rig.apply(renamed).end, End::Nothing);
  EXPECT_TRUE(rig.machine->writes.empty());
  EXPECT_EQ(rig.journal().active()->profile, "renamed");
}

}  // namespace
}  // namespace tuner
