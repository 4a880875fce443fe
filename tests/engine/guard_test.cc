#include "engine/guard.h"

#include "engine/history.h"
#include "engine/rig.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Stage = PendingConfirm::Stage;
using testing::kFakeBootId;
using testing::other_profile;
using testing::Rig;
using testing::whole_profile;
using testing::WriteFuse;

constexpr ProcessIdentity kWriter{.pid = 700, .start = 7000};
constexpr ProcessIdentity kGuard{.pid = 800, .start = 8000};
constexpr const char* kWmem = "/proc/sys/net/core/wmem_max";

using Do = Duty::Do;

PendingConfirm pending_in(Stage stage) {
  return {.run = "run-1",
          .boot_id = std::string(kFakeBootId),
          .profile = "whole",
          .stage = stage,
          .within = 5s,
          .deadline = 1000s,
          .writer = kWriter,
          .guard = kGuard};
}

Duty duty(Stage stage, std::chrono::milliseconds now, bool writer_runs) {
  return duty_of(pending_in(stage), kGuard, now, writer_runs);
}

TEST(GuardDuty, LeavesWhatIsSettledOrAnotherGuards) {
  EXPECT_EQ(duty_of(std::nullopt, kGuard, 0s, true).what, Do::Leave);
  const ProcessIdentity other{.pid = kGuard.pid, .start = 1};
  EXPECT_EQ(duty_of(pending_in(Stage::Waiting), other, 2000s, false).what, Do::Leave);
}

TEST(GuardDuty, WaitsForItsTime) {
  EXPECT_EQ(duty(Stage::Starting, 2000s, true).what, Do::Wait) << "apply's own limit is not begun";
  EXPECT_EQ(duty(Stage::Applying, 999'999ms, true).what, Do::Wait);
  EXPECT_EQ(duty(Stage::Waiting, 999'999ms, false).what, Do::Wait) << "apply may be gone by then";
}

TEST(GuardDuty, UndoesWithTheReason) {
  EXPECT_EQ(duty(Stage::Waiting, 1000s, false).because, "not confirmed within 5 s");
  EXPECT_EQ(duty(Stage::Applying, 0s, false).because, "apply died before it came to its end");
  EXPECT_EQ(duty(Stage::Applying, 1000s, true).because, "apply did not come to its end within 5 s");
  EXPECT_EQ(duty(Stage::Starting, 0s, false).because, "apply ended before its first write");
  for (const Stage stage : {Stage::Starting, Stage::Applying, Stage::Waiting})
    EXPECT_EQ(duty(stage, 1000s, false).what, Do::Undo);
}

// A machine with an apply --confirm-within 5s, and its guard as a process of its own.
struct GuardRig : Rig {
  std::map<std::string, std::string> start;
  std::vector<std::string> log;
  std::vector<ProcessIdentity> killed;
  PendingConfirm pending = pending_in(Stage::Starting);

  GuardRig() {
    add_process({.pid = 1, .start = 1});
    start = machine.snapshot();
    add_process(kWriter);
    add_process(kGuard);
    before_first_write = [this] {
      pending.run = fmt::format("run-{}", runs);
      pending.guard = {};
      return arm(machine.host(), store, pending, [this](const std::string& run) {
        EXPECT_TRUE(announce_guard(store, kFakeBootId, run, kGuard));
        return Outcome{};
      });
    };
  }

  void add_process(const ProcessIdentity& process) {
    machine.set(fmt::format("/proc/{}/stat", process.pid),
                fmt::format("{} (ktls-tuner) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {} 0",
                            process.pid, process.start));
  }
  void end_process(const ProcessIdentity& process) {
    machine.remove(fmt::format("/proc/{}", process.pid));
  }
  // The whole verb: it comes to its end, and its process, too.
  void apply_and_wait(const Profile& profile = whole_profile()) {
    ASSERT_EQ(apply(profile).end, ApplyReport::End::Applied);
    ASSERT_TRUE(await_confirm(machine.host(), store, pending));
    end_process(kWriter);
  }
  GuardEnd guard() {
    const GuardHooks hooks{.kill =
                               [this](const ProcessIdentity& process) {
                                 killed.push_back(process);
                                 end_process(process);
                                 store.locked_by_other = false;
                               },
                           .log = [this](std::string_view line) { log.emplace_back(line); }};
    PendingConfirm announced = pending;
    announced.guard = kGuard;
    Host host = machine.host();
    return stand_guard(host, store, catalog(), announced, hooks);
  }
  std::map<std::string, std::string> now() {
    end_process(kWriter);
    end_process(kGuard);
    return machine.snapshot();
  }
  bool is_pending() const { return load_pending(store, kFakeBootId).value().has_value(); }
  HistoryEntry last() const { return recall(store).value().entries.back(); }
};

TEST(Guard, UndoesWhatNobodyConfirmsAndSaysSo) {
  GuardRig rig;
  rig.apply_and_wait();
  const auto before = rig.machine->since_boot;
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_GE(rig.machine->since_boot - before, 5s);
  EXPECT_LT(rig.machine->since_boot - before, 8s) << "and not much later";
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

TEST(Guard, GoesBackToTheProfileBeforeAndNotFurther) {
  GuardRig rig;
  const auto arming = std::exchange(rig.before_first_write, nullptr);
  ASSERT_EQ(rig.apply(other_profile()).end, ApplyReport::End::Applied);
  const auto between = rig.machine.snapshot();
  rig.before_first_write = arming;
  rig.apply_and_wait();
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  ASSERT_NE(rig.journal().active(), nullptr);
  EXPECT_EQ(rig.journal().active()->profile, other_profile().name);
  rig.add_process(kWriter);
  rig.add_process(kGuard);
  EXPECT_EQ(rig.machine.snapshot(), between);
}

TEST(Guard, LeavesWhatIsConfirmedInTime) {
  GuardRig rig;
  rig.apply_and_wait();
  const auto applied = rig.machine.snapshot();
  rig.machine->on_sleep = [&, looks = 3]() mutable {
    if (--looks != 0) return;
    EXPECT_TRUE(forget_pending(rig.store));
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Left);
  EXPECT_EQ(rig.machine.snapshot(), applied);
  EXPECT_THAT(rig.log, IsEmpty());
}

TEST(Guard, LosesToAConfirmThatHadTheLockBeforeIt) {
  GuardRig rig;
  rig.apply_and_wait();
  const auto applied = rig.machine.snapshot();
  rig.store.on_lock = [&] { EXPECT_TRUE(forget_pending(rig.store)); };
  EXPECT_EQ(rig.guard(), GuardEnd::Left);
  EXPECT_EQ(rig.machine.snapshot(), applied);
}

TEST(Guard, WinsOverAConfirmThatComesAfterIt) {
  GuardRig rig;
  rig.apply_and_wait();
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  const auto pending = load_pending(rig.store, kFakeBootId).value();
  EXPECT_FALSE(may_confirm(rig.machine.host(), pending, /*force=*/false));
}

TEST(Guard, UndoesAtOnceWhatAKilledApplyLeftAtEveryWrite) {
  int writes = 0;
  {
    GuardRig rig;
    rig.apply(whole_profile());
    writes = rig.machine.fuse->count();
  }
  ASSERT_GT(writes, 20);
  for (int n = 3; n < writes; ++n) {  // the first three are those of arm()
    GuardRig rig;
    rig.machine.fuse->arm(WriteFuse::Kind::EndOfProcess, n);
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

TEST(Guard, EndsAnApplyThatHangsWithTheLock) {
  GuardRig rig;
  rig.machine.fuse->arm(WriteFuse::Kind::EndOfProcess, 20);
  rig.apply(whole_profile());
  rig.machine.fuse->disarm();
  rig.store.locked_by_other = true;  // and its process runs
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kWriter});
  EXPECT_EQ(rig.last().because, "apply did not come to its end within 5 s");
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, WaitsForALockThatSomebodyElseHoldsAndKillsNobody) {
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

TEST(Guard, GivesUpOnALockAfterALongTimeAndSaysWhatStands) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.store.locked_by_other = true;
  EXPECT_EQ(rig.guard(), GuardEnd::GaveUp);
  EXPECT_TRUE(rig.is_pending());
  EXPECT_EQ(rig.last().end, "failed");
  EXPECT_THAT(rig.last().because, HasSubstr("not confirmed within 5 s, and could not be taken "
                                            "back: another run (pid 4711) holds the lock"));
  EXPECT_THAT(rig.log.back(), HasSubstr("still stands"));
}

TEST(Guard, TriesAgainWhatFails) {
  GuardRig rig;
  rig.apply_and_wait();
  int refusals = 2;
  rig.machine->rules[kWmem] = [&](const std::string&,
                                  std::string_view text) -> Result<std::string> {
    if (refusals-- > 0) return fail(testing::answer(EIO, "write"));
    return std::string(text) + "\n";
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_THAT(rig.log.front(), HasSubstr("is tried again: sysctl net.core.wmem_max"));
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, GivesUpOnWhatFailsForGoodAndLeavesTheRestUndone) {
  GuardRig rig;
  rig.apply_and_wait();
  int tries = 0;
  rig.machine->rules[kWmem] = [&](const std::string&, std::string_view) -> Result<std::string> {
    ++tries;
    return fail(testing::answer(EIO, "write"));
  };
  EXPECT_EQ(rig.guard(), GuardEnd::GaveUp);
  EXPECT_EQ(tries, 5);
  EXPECT_TRUE(rig.is_pending()) << "status names it, and rollback can be asked for again";
  EXPECT_THAT(rig.last().because, HasSubstr("net.core.wmem_max"));
  ASSERT_EQ(rig.journal().entries().size(), 1U);
  rig.machine->rules.erase(kWmem);
  ASSERT_TRUE(rig.rollback({.run = "run-1"}));
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, LeavesToOthersWhatTheyChangedSince) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine.set(kWmem, "777");
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.machine.text(kWmem), "777");
  EXPECT_THAT(rig.last().because,
              HasSubstr("sysctl net.core.wmem_max was left, somebody else changed it"));
}

TEST(Guard, KeepsTheDeadlineOfWhatItKnowsWhenTheFileCannotBeRead) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&, damaged = rig.store.files[std::string(kConfirmPath)]]() mutable {
    auto& text = rig.store.files[std::string(kConfirmPath)];
    text = rig.machine->since_boot < rig.pending.deadline ? "torn" : damaged;
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, OfARunThatNeverBeganHasNothingToUndo) {
  GuardRig rig;
  rig.pending.guard = {};
  rig.pending.run = "run-9";
  ASSERT_TRUE(save_pending(rig.store, rig.pending));
  ASSERT_TRUE(announce_guard(rig.store, kFakeBootId, "run-9", kGuard));
  rig.end_process(kWriter);
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_FALSE(rig.is_pending());
  EXPECT_TRUE(recall(rig.store).value().entries.empty());
}

}  // namespace
}  // namespace tuner
