// Persisted profiles over a reboot, and rollback after one.
#include "engine/rig.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::names_with;
using testing::step_named;
using testing::WriteFuse;
using End = ApplyReport::End;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A machine that runs this program at boot.
struct Rig : testing::Rig {
  Rig() { machine.set("/etc/cron.d/ktls-tuner", "\n@reboot root ktls-tuner apply --if-active\n"); }
};

constexpr std::string_view kSecondBoot = "22222222-2222-2222-2222-222222222222";
constexpr std::string_view kThirdBoot = "33333333-3333-3333-3333-333333333333";
constexpr const char* kWmem = "/proc/sys/net/core/wmem_max";

Profile lasting(Profile profile) {
  profile.persist = true;
  return profile;
}
Profile whole_profile() {
  return lasting(testing::whole_profile());
}
Profile other_profile() {
  return lasting(testing::other_profile());
}

// The state of the machine without the boot id, which differs in every boot.
std::map<std::string, std::string> etc_and_settings(const Rig& rig) {
  auto all = rig.machine.snapshot();
  all.erase("/proc/sys/kernel/random/boot_id");
  return all;
}

TEST(Persist, WritesTheFilesForTheNextBootAndThePersistedProfile) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  EXPECT_THAT(rig.machine.text(kModulesFile), HasSubstr("\ntls"));
  const std::string sysctls = rig.machine.text(kSysctlFile);
  EXPECT_THAT(sysctls, HasSubstr("profile whole, digest 0000000000000001"));
  EXPECT_THAT(sysctls, HasSubstr("\n-net.ipv4.tcp_notsent_lowat = 131072"));
  EXPECT_EQ(sysctls.find("wmem"), std::string::npos) << "at least: it could lower a default";
  EXPECT_EQ(rig.journal().persisted()->profile, "whole");

  const Plan plan = rig.plan(whole_profile());
  EXPECT_THAT(names_with(plan, Status::Change), IsEmpty());
  EXPECT_EQ(step_named(plan.steps, "net.core.wmem_max")->persisted, Value(std::int64_t{16777216}));
}

// The profile has nothing for the files, so only the boot unit sets it.
TEST(Persist, AProfileInSyncIsPersistedWithoutAWrite) {
  Rig rig;
  Profile least{.name = "least",
                .digest = "0000000000000005",
                .sysctl = {{"net.core.wmem_max", testing::at_least(std::int64_t{16777216})}}};
  ASSERT_EQ(rig.apply(least).end, End::Applied);
  ASSERT_EQ(rig.journal().persisted(), nullptr);
  EXPECT_EQ(rig.apply(lasting(least)).end, End::Nothing);
  ASSERT_NE(rig.journal().persisted(), nullptr);
  EXPECT_EQ(rig.journal().persisted()->profile, "least");

  rig.machine.fuse->disarm();
  EXPECT_EQ(rig.apply(lasting(least)).end, End::Nothing);
  EXPECT_EQ(rig.machine.fuse->count(), 0) << "it is persisted already";

  least.name = "renamed";
  EXPECT_EQ(rig.apply(lasting(least)).end, End::Nothing);
  EXPECT_EQ(rig.journal().persisted()->profile, "renamed");
}

TEST(Persist, WithoutPersistNothingIsWrittenToEtc) {
  Rig rig;
  ASSERT_EQ(rig.apply(testing::whole_profile()).end, End::Applied);
  EXPECT_EQ(rig.machine.text(kSysctlFile), "(missing)");
  EXPECT_FALSE(rig.store.read(kPersistedPath).has_value());
  const Plan plan = rig.plan(testing::whole_profile());
  EXPECT_EQ(step_named(plan.steps, "net.core.wmem_max")->persisted, std::nullopt);
}

TEST(Persist, AfterARebootTheProfileIsActiveAndUnsetSettingsAreDriftWithACause) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.reboot(kSecondBoot);
  ASSERT_NE(rig.journal().active(), nullptr);
  EXPECT_EQ(rig.journal().active()->profile, "whole");
  const Plan plan = rig.plan(whole_profile());
  EXPECT_EQ(step_named(plan.steps, "net.ipv4.tcp_notsent_lowat")->status, Status::InSync);
  const Step* wmem = step_named(plan.steps, "net.core.wmem_max");
  EXPECT_EQ(wmem->status, Status::Change);
  EXPECT_THAT(wmem->cause, HasSubstr("not set since the reboot: the @reboot line of"));
}

TEST(Persist, TheBootUnitSetsTheRestAndRollbackRestoresTheFirstOriginals) {
  Rig rig;
  const auto start = etc_and_settings(rig);
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  for (const std::string_view boot : {kSecondBoot, kThirdBoot}) {
    rig.reboot(boot);
    ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
    EXPECT_THAT(names_with(rig.plan(whole_profile()), Status::Change), IsEmpty());
  }
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->complete());
  EXPECT_EQ(etc_and_settings(rig), start);
  EXPECT_FALSE(rig.store.read(kPersistedPath).has_value());
  EXPECT_EQ(rig.journal().active(), nullptr);
}

TEST(Persist, RollbackAfterARebootRestoresWhatTheFilesSetAndLeavesTheRest) {
  Rig rig;
  const auto start = etc_and_settings(rig);
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.reboot(kSecondBoot);
  rig.machine.set(kWmem, "4194304");  // such as another kernel's default
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->complete());
  EXPECT_THAT(step_named(report->steps, "net.core.wmem_max")->because,
              HasSubstr("a reboot set it to 4194304: nothing to restore"));
  rig.machine.set(kWmem, start.at(kWmem));
  EXPECT_EQ(etc_and_settings(rig), start);
  EXPECT_FALSE(rig.store.read(kPersistedPath).has_value());
}

TEST(Persist, RollbackUnderAnotherKernelRestoresThatKernelsDefault) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.reboot(kSecondBoot, "7.3.0");
  rig.machine.set(kWmem, "4194304");
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  EXPECT_EQ(rig.machine.text(kWmem), "16777216");
  ASSERT_TRUE(rig.rollback().has_value());
  EXPECT_EQ(rig.machine.text(kWmem), "4194304");
}

TEST(Persist, AnotherProfileReplacesTheFirstAndItsUndoReturnsToIt) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto first = etc_and_settings(rig);
  ASSERT_EQ(rig.apply(other_profile()).end, End::Applied);
  EXPECT_EQ(rig.journal().persisted()->profile, "other");
  EXPECT_EQ(rig.machine.text(kSysctlFile), "(missing)") << "it has no exact goal";
  EXPECT_THAT(rig.machine.text(kModulesFile), HasSubstr("profile other"));
  ASSERT_TRUE(rig.rollback({.run = "run-2"}).has_value());
  EXPECT_EQ(etc_and_settings(rig), first);
  EXPECT_EQ(rig.journal().persisted()->profile, "whole");
}

TEST(Persist, ARuntimeOnlyProfileLeavesThePersistedOne) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const std::string sysctls = rig.machine.text(kSysctlFile);
  ASSERT_EQ(rig.apply(testing::other_profile(), true, {.skip = {"persist"}}).end, End::Applied);
  EXPECT_EQ(rig.machine.text(kSysctlFile), sysctls);
  EXPECT_EQ(rig.journal().active()->profile, "other");
  rig.reboot(kSecondBoot);
  EXPECT_EQ(rig.journal().active()->profile, "whole");
}

TEST(Persist, ARunOfAnEarlierBootCannotBeUndoneAlone) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.reboot(kSecondBoot);
  const auto refused = rig.rollback({.run = "run-1"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().text, HasSubstr("made before the last reboot"));
}

TEST(Persist, AFailedWriteOfAFileRollsBackTheRun) {
  Rig rig;
  const auto start = etc_and_settings(rig);
  rig.machine->read_only.insert(std::string(kSysctlFile));
  const auto report = rig.apply(whole_profile());
  EXPECT_EQ(report.end, End::RolledBack);
  EXPECT_THAT(report.error->text, HasSubstr("90-ktls-tuner.conf cannot be written: "));
  EXPECT_EQ(etc_and_settings(rig), start);
  EXPECT_FALSE(rig.store.read(kPersistedPath).has_value());
}

TEST(Persist, AnEditedOrUnknownFileIsNotOverwritten) {
  for (const std::string_view text : {"net.core.wmem_max = 1\n", "edited"}) {
    Rig rig;
    if (text == "edited") {
      ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
      rig.machine.set(kSysctlFile, rig.machine.text(kSysctlFile) + "\nkernel.x = 1\n");
    } else {
      rig.machine.set(kSysctlFile, text);
    }
    const auto before = etc_and_settings(rig);
    const auto report = rig.apply(whole_profile());
    EXPECT_EQ(report.end, End::Refused) << text;
    EXPECT_THAT(names_with(report.plan, Status::Blocked),
                ElementsAre(HasSubstr("90-ktls-tuner.conf")));
    EXPECT_EQ(etc_and_settings(rig), before) << text;
  }
}

// As in a container that has the journal of its host.
TEST(Persist, AFileOfTheSameNameInAnotherFolderIsNeitherWrittenNorUndone) {
  Rig rig;
  const auto start = etc_and_settings(rig);
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine->identities["/etc/sysctl.d"] = "64:1";
  const auto there = rig.machine.text(kSysctlFile);

  EXPECT_THAT(names_with(rig.plan(whole_profile()), Status::Blocked),
              ElementsAre(HasSubstr("90-ktls-tuner.conf")));
  const auto left = rig.rollback();
  ASSERT_TRUE(left.has_value());
  EXPECT_FALSE(left->complete());
  const Step* step = step_named(left->steps, kSysctlFile);
  EXPECT_EQ(step->status, Status::Blocked);
  EXPECT_THAT(step->because, HasSubstr("in the folder /etc/sysctl.d (device:inode), but here "
                                       "the folder is 64:1"));
  EXPECT_EQ(rig.machine.text(kSysctlFile), there);

  rig.machine->identities.clear();
  ASSERT_TRUE(rig.rollback().has_value());
  EXPECT_EQ(etc_and_settings(rig), start);
}

TEST(Persist, AMissingOrUnreadableFolderDoesNotProveThatTheFileIsUndone) {
  for (const int error : {ENOENT, EIO}) {
    Rig rig;
    ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
    rig.machine->on_read = [error](std::string_view what) {
      return what == "stat /etc/sysctl.d" ? std::optional(error) : std::nullopt;
    };
    const auto report = rig.rollback();
    EXPECT_EQ(step_named(report->steps, kSysctlFile)->status, Status::Blocked);
    EXPECT_NE(rig.journal().entry(fmt::format("persist:{}", kSysctlFile)), nullptr);
    ASSERT_TRUE(rig.rollback({.force = true}).has_value());
    EXPECT_EQ(rig.journal().entry(fmt::format("persist:{}", kSysctlFile)), nullptr);
  }
}

class PersistEveryWrite : public ::testing::TestWithParam<WriteFuse::Kind> {};

int writes_of_one_apply() {
  Rig rig;
  rig.apply(whole_profile());
  return rig.machine.fuse->count();
}

// The process ends, or power is lost, at any write of an apply: the next boot sets what was
// persisted, and rollback restores the start.
TEST_P(PersistEveryWrite, OfAnApplyMayBeTheLastBeforeAReboot) {
  const int writes = writes_of_one_apply();
  for (int n = 0; n < writes; ++n) {
    Rig rig;
    const auto start = etc_and_settings(rig);
    rig.machine.fuse->start_guard(GetParam(), n);
    rig.apply(whole_profile());
    rig.reboot(kSecondBoot);
    const RunInfo* active = rig.journal().active();
    const bool files = rig.machine.text(kModulesFile) != "(missing)";
    EXPECT_TRUE(active != nullptr || !files) << "files without a profile after write " << n;
    if (active != nullptr) {
      EXPECT_NE(rig.apply(whole_profile()).end, End::Failed) << "after write " << n;
      EXPECT_THAT(names_with(rig.plan(whole_profile()), Status::Change), IsEmpty())
          << "after write " << n;
    }
    const auto report = rig.rollback();
    ASSERT_TRUE(report.has_value()) << "after write " << n;
    EXPECT_TRUE(report->complete()) << "after write " << n;
    EXPECT_EQ(etc_and_settings(rig), start) << "after write " << n;
    EXPECT_FALSE(rig.store.read(kPersistedPath).has_value()) << "after write " << n;
  }
}

TEST_P(PersistEveryWrite, OfARollbackMayBeTheLastBeforeAReboot) {
  int writes = 0;
  {
    Rig rig;
    rig.apply(whole_profile());
    rig.machine.fuse->disarm();
    ASSERT_TRUE(rig.rollback().has_value());
    writes = rig.machine.fuse->count();
  }
  ASSERT_GT(writes, 10);
  for (int n = 0; n < writes; ++n) {
    Rig rig;
    const auto start = etc_and_settings(rig);
    rig.apply(whole_profile());
    rig.machine.fuse->start_guard(GetParam(), n);
    (void)rig.rollback().has_value();
    rig.reboot(kSecondBoot);
    if (n > 0) {
      EXPECT_EQ(rig.journal().active(), nullptr) << "the profile returned after write " << n;
    }
    ASSERT_TRUE(rig.rollback().has_value()) << "after write " << n;
    EXPECT_EQ(etc_and_settings(rig), start) << "after write " << n;
    EXPECT_FALSE(rig.store.read(kPersistedPath).has_value()) << "after write " << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PersistEveryWrite,
                         ::testing::Values(WriteFuse::Kind::ErrorOnce,
                                           WriteFuse::Kind::EndOfProcess),
                         [](const auto& kind) {
                           return kind.param == WriteFuse::Kind::ErrorOnce ? "Error" : "End";
                         });

}  // namespace
}  // namespace tuner
