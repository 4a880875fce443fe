#include "engine/guard_rig.h"
#include "engine/undo_unconfirmed.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace tuner {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Stage = PendingConfirm::Stage;
using ::testing::Contains;
using testing::GuardRig;
using testing::kFakeBootId;
using testing::kGuard;
using testing::kWmem;
using testing::kWriter;
using testing::other_profile;
using testing::pending_in;
using testing::whole_profile;
using testing::WriteFuse;
using Do = GuardAction::Do;

GuardAction duty(Stage stage, std::chrono::milliseconds now, bool writer_runs) {
  return next_action(pending_in(stage), now, writer_runs);
}

TEST(GuardNextAction, EndsWhenTheRunIsSettled) {
  for (const Stage stage : {Stage::Kept, Stage::Undone})
    EXPECT_EQ(duty(stage, 2000s, false).what, Do::Leave);
}

TEST(GuardNextAction, WaitsUntilTheDeadline) {
  EXPECT_EQ(duty(Stage::Starting, 2000s, true).what, Do::Wait)
      << "the time of apply has not started";
  EXPECT_EQ(duty(Stage::Applying, 999'999ms, true).what, Do::Wait);
  EXPECT_EQ(duty(Stage::Waiting, 999'999ms, false).what, Do::Wait) << "apply may have ended";
}

TEST(GuardNextAction, UndoesWithTheReason) {
  EXPECT_EQ(duty(Stage::Waiting, 1000s, false).because, "not confirmed within 5 s");
  EXPECT_EQ(duty(Stage::Applying, 0s, false).because, "apply died before it finished");
  EXPECT_EQ(duty(Stage::Applying, 1000s, true).because, "apply did not finish within 5 s");
  EXPECT_EQ(duty(Stage::Starting, 0s, false).because, "apply ended before its first write");
  for (const Stage stage : {Stage::Starting, Stage::Applying, Stage::Waiting})
    EXPECT_EQ(duty(stage, 1000s, false).what, Do::Undo);
}

TEST(Guard, UndoesAndReportsARunThatIsNotConfirmed) {
  GuardRig rig;
  rig.apply_and_wait();
  const auto before = rig.machine->since_boot;
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_GE(rig.machine->since_boot - before, 5s);
  EXPECT_LT(rig.machine->since_boot - before, 8s) << "soon after the deadline";
  EXPECT_EQ(rig.journal().active(), nullptr);
  EXPECT_THAT(rig.journal().entries(), IsEmpty());
  EXPECT_FALSE(rig.is_pending());
  EXPECT_EQ(rig.last().verb, "guard");
  EXPECT_EQ(rig.last().end, "rolled-back");
  EXPECT_EQ(rig.last().because, "not confirmed within 5 s");
  EXPECT_GT(rig.last().changes.size(), 10U);
  ASSERT_EQ(rig.log.size(), 1U);
  EXPECT_THAT(rig.log[0], HasSubstr("run run-1 of profile whole was rolled back: not confirmed"));
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, RestoresThePreviousProfileAndNoEarlierState) {
  GuardRig rig;
  const auto arming = std::exchange(rig.before_first_write, nullptr);
  const auto begun = std::exchange(rig.begun, nullptr);
  ASSERT_EQ(rig.apply(other_profile()).end, ApplyReport::End::Applied);
  const auto between = rig.machine.snapshot();
  rig.before_first_write = arming;
  rig.begun = begun;
  rig.apply_and_wait();
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  ASSERT_NE(rig.journal().active(), nullptr);
  EXPECT_EQ(rig.journal().active()->profile, other_profile().name);
  rig.add_process(kWriter);
  rig.add_process(kGuard);
  EXPECT_EQ(rig.machine.snapshot(), between);
}

TEST(Guard, LeavesARunThatIsConfirmedInTime) {
  GuardRig rig;
  rig.apply_and_wait();
  const auto applied = rig.machine.snapshot();
  rig.machine->on_sleep = [&, looks = 3]() mutable {
    if (--looks != 0) return;
    EXPECT_TRUE(rig.settle(Stage::Kept));
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Left);
  EXPECT_EQ(rig.machine.snapshot(), applied);
  EXPECT_THAT(rig.log, IsEmpty());
  EXPECT_GE(rig.looks_for_a_second, 3);
}

TEST(Guard, AConfirmThatHasTheLockFirstWins) {
  GuardRig rig;
  rig.apply_and_wait();
  const auto applied = rig.machine.snapshot();
  rig.store.on_lock = [&] { EXPECT_TRUE(rig.settle(Stage::Kept)); };
  EXPECT_EQ(rig.guard(), GuardEnd::Left);
  EXPECT_EQ(rig.machine.snapshot(), applied);
}

TEST(Guard, AConfirmAfterTheUndoIsRefused) {
  GuardRig rig;
  rig.apply_and_wait();
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  const auto pending = load_pending(rig.store, kFakeBootId).value();
  EXPECT_FALSE(may_confirm(rig.machine.host(), pending, /*force=*/false));
}

TEST(Guard, UndoesAtOnceAnApplyKilledAtAnyWrite) {
  int writes = 0;
  {
    GuardRig rig;
    rig.apply(whole_profile());
    writes = rig.machine.fuse->count();
  }
  ASSERT_GT(writes, 20);
  for (int n = 4; n < writes; ++n) {  // the first four are those of arm()
    GuardRig rig;
    rig.machine.fuse->start_guard(WriteFuse::Kind::EndOfProcess, n);
    rig.apply(whole_profile());
    rig.machine.fuse->disarm();
    rig.end_process(kWriter);
    const auto before = rig.machine->since_boot;
    EXPECT_EQ(rig.guard(), GuardEnd::Undone) << "after write " << n;
    EXPECT_LT(rig.machine->since_boot - before, 5s) << "after write " << n;
    EXPECT_FALSE(rig.is_pending()) << "after write " << n;
    EXPECT_THAT(rig.journal().entries(), IsEmpty()) << "after write " << n;
    EXPECT_EQ(rig.now(), rig.start) << "after write " << n;
  }
}

TEST(Guard, KillsAnApplyThatHangsWithTheLock) {
  GuardRig rig;
  rig.machine.fuse->start_guard(WriteFuse::Kind::EndOfProcess, 23);
  rig.apply(whole_profile());
  rig.machine.fuse->disarm();
  rig.hold_lock(kWriter);  // and its process still runs
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kWriter});
  EXPECT_EQ(rig.last().because, "apply did not finish within 5 s");
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, WaitsForALockOfAnotherProcessWithoutKillingIt) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.store.locked_by_other = true;
  rig.machine->on_sleep = [&] {
    if (rig.machine->since_boot > rig.pending.deadline + 30s) rig.store.locked_by_other = false;
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_THAT(rig.killed, IsEmpty());
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, NoticesADeadApplyWithinATenthOfASecond) {
  GuardRig rig;
  rig.machine.fuse->start_guard(WriteFuse::Kind::EndOfProcess, 23);
  rig.apply(whole_profile());
  rig.machine.fuse->disarm();
  const auto start = rig.machine->since_boot;
  std::optional<std::chrono::milliseconds> seen;
  rig.machine->on_sleep = [&] { rig.end_process(kWriter); };
  rig.store.on_lock = [&] { seen = seen.value_or(rig.machine->since_boot - start); };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(seen, 100ms);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, WaitsAsLongAsAnotherProgramHoldsTheLock) {
  GuardRig rig;
  rig.apply_and_wait();
  constexpr ProcessIdentity kOther{.pid = 900, .start = 9000};
  rig.add_process(kOther, 'T', "flock");
  rig.hold_lock(kOther);
  rig.machine->on_sleep = [&] {
    if (rig.machine->since_boot > rig.pending.deadline + 1h) rig.store.locked_by_other = false;
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_THAT(rig.killed, IsEmpty()) << "no process of another program is killed";
  EXPECT_THAT(rig.log.front(),
              HasSubstr("the rollback of run run-1 waits for the lock: another run"));
  EXPECT_LT(rig.log.size(), 13U) << "logged every ten minutes, not in every cycle";
  rig.machine.remove("/proc/900");
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, KillsAnOwnProcessThatIsStoppedWithTheLock) {
  GuardRig rig;
  rig.apply_and_wait();
  constexpr ProcessIdentity kStopped{.pid = 900, .start = 9000};
  rig.add_process(kStopped, 'T');
  rig.hold_lock(kStopped);
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kStopped});
  EXPECT_THAT(rig.log, Contains(HasSubstr("pid 900 (ktls-tuner), stopped holds the lock")));
}

TEST(Guard, KillsAnOwnProcessOnlyAfterItHeldTheLockTooLong) {
  GuardRig rig;
  rig.apply_and_wait();
  constexpr ProcessIdentity kSlow{.pid = 900, .start = 9000};
  rig.add_process(kSlow);
  rig.hold_lock(kSlow);
  const auto deadline = rig.pending.deadline;
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kSlow});
  EXPECT_GE(rig.machine->since_boot - deadline, kHolderLimit);
  EXPECT_LT(rig.machine->since_boot - deadline, kHolderLimit + 5s);
}

TEST(Guard, KillsAFinishedApplyThatStillHasTheLock) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.add_process(kWriter);  // it blocks on output to a terminal that is gone
  rig.hold_lock(kWriter);
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kWriter});
}

TEST(Guard, RetriesAFailedRollback) {
  GuardRig rig;
  rig.apply_and_wait();
  int refusals = 2;
  rig.machine->rules[kWmem] = [&](const std::string&,
                                  std::string_view text) -> Result<std::string> {
    if (refusals-- > 0) return fail(testing::answer(EIO, "write"));
    return std::string(text) + "\n";
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_THAT(rig.log.front(), HasSubstr("failed and is retried: sysctl net.core.wmem_max"));
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, NeverGivesUpAndRecordsTheFailureOnce) {
  GuardRig rig;
  rig.apply_and_wait();
  int tries = 0;
  rig.machine->rules[kWmem] = [&](const std::string&,
                                  std::string_view text) -> Result<std::string> {
    if (++tries < 100) return fail(testing::answer(EIO, "write"));
    return std::string(text) + "\n";
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(tries, 100);
  EXPECT_GT(rig.machine->since_boot - rig.pending.deadline, 90min)
      << "the pause grows to one minute";
  const auto history = read_history(rig.store).value().entries;
  EXPECT_EQ(std::ranges::count(history, "failed", &HistoryEntry::end), 1);
  EXPECT_THAT(history[history.size() - 2].because,
              HasSubstr("not confirmed within 5 s, and could not be rolled back so far: sysctl "
                        "net.core.wmem_max"));
  EXPECT_EQ(rig.last().end, "rolled-back");
  EXPECT_LT(rig.log.size(), 10U);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, LeavesSettingsThatOthersChanged) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine.set(kWmem, "777");
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.machine.text(kWmem), "777");
  EXPECT_THAT(rig.last().because,
              HasSubstr("sysctl net.core.wmem_max was left alone: others changed it"));
}

TEST(UndoUnconfirmed, TheHistoryNamesWhoUndidIt) {
  const auto by = [](std::string who) {
    GuardRig rig;
    rig.apply_and_wait();
    Host host = rig.machine.host();
    std::vector<HistoryChange> undone;
    const UndoneRun end = undo_unconfirmed(
        host, rig.store, catalog(),
        {.pending = rig.pending, .verb = "check", .because = "overdue", .by = std::move(who)},
        undone);
    EXPECT_FALSE(end.failure);
    return rig.last().run.by;
  };
  EXPECT_EQ(by("alice"), "alice");
  EXPECT_EQ(by(""), "root") << "without a name, the user of the run";
}

// A missing journal does not prove that nothing was written.
TEST(UndoUnconfirmed, AMissingJournalIsAFailureUnlessTheRunHadNotBegun) {
  for (const Stage stage : {Stage::Starting, Stage::Applying, Stage::Waiting}) {
    GuardRig rig;
    rig.apply_and_wait();
    rig.pending.stage = stage;
    ASSERT_TRUE(save_pending(rig.store, rig.pending));
    rig.store.files.erase(std::string(kJournalPath));
    rig.store.files.erase(std::string(kJournalHeadPath));
    Host host = rig.machine.host();
    std::vector<HistoryChange> undone;
    const UndoneRun end = undo_unconfirmed(
        host, rig.store, catalog(),
        {.pending = rig.pending, .verb = "check", .because = "overdue", .by = {}}, undone);
    EXPECT_EQ(end.failure.has_value(), stage != Stage::Starting);
    EXPECT_EQ(rig.is_pending(), stage != Stage::Starting);
    if (end.failure) {
      EXPECT_THAT(end.failure->text, HasSubstr("its originals are unknown"));
    }
  }
}

TEST(Guard, ARunThatNeverWroteHasNothingToUndo) {
  GuardRig rig;
  rig.pending.guard = {};
  rig.pending.run = "run-9";
  ASSERT_TRUE(save_pending(rig.store, rig.pending));
  ASSERT_TRUE(register_guard(rig.store, kFakeBootId, "run-9", kGuard));
  rig.end_process(kWriter);
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_FALSE(rig.is_pending());
  EXPECT_TRUE(read_history(rig.store).value().entries.empty());
}

}  // namespace
}  // namespace tuner
