#include "engine/confirm.h"

#include "support/fake_host.h"
#include "support/fake_state_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Stage = PendingConfirm::Stage;
using testing::FakeMachine;
using testing::FakeStateStore;
using testing::kFakeBootId;

constexpr ProcessIdentity kWriter{.pid = 700, .start = 7000};
constexpr ProcessIdentity kGuard{.pid = 800, .start = 8000};

void add_process(FakeMachine& machine, const ProcessIdentity& process, char state = 'S') {
  machine.set(fmt::format("/proc/{}/stat", process.pid),
              fmt::format("{} (a (b) c) {} 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {} 0 0",
                          process.pid, state, process.start));
}

// A machine where a run of one minute waits, with 42 s left.
struct Waiting {
  FakeMachine machine;
  FakeStateStore store{machine.fuse};
  PendingConfirm pending{.run = "run-1",
                         .boot_id = std::string(kFakeBootId),
                         .profile = "edge",
                         .stage = Stage::Waiting,
                         .within = 60s,
                         .deadline = 5'000'000ms + 41'500ms,
                         .writer = kWriter,
                         .guard = kGuard};

  Waiting() {
    add_process(machine, {.pid = 1, .start = 1});
    add_process(machine, kGuard);
  }
  void pass(std::chrono::milliseconds time) const { machine.host().clock().sleep(time); }
  PendingState state() const { return state_of(machine.host(), pending); }
  Outcome apply() const { return may_apply(machine.host(), pending); }
  Outcome confirm(bool force = false) const { return may_confirm(machine.host(), pending, force); }
  std::optional<PendingConfirm> stored() const {
    return load_pending(store, kFakeBootId).value_or(std::nullopt);
  }
};

TEST(PendingConfirmFile, ReadsBackAsWritten) {
  Waiting w;
  ASSERT_TRUE(save_pending(w.store, w.pending));
  const auto read = w.stored();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->run, "run-1");
  EXPECT_EQ(read->profile, "edge");
  EXPECT_EQ(read->stage, Stage::Waiting);
  EXPECT_EQ(read->within, 60s);
  EXPECT_EQ(read->deadline, w.pending.deadline);
  EXPECT_EQ(read->writer, kWriter);
  EXPECT_EQ(read->guard, kGuard);
  ASSERT_TRUE(remove_record(w.store));
  EXPECT_FALSE(w.stored());
}

TEST(PendingConfirmFile, ARecordOfAnotherBootIsIgnored) {
  Waiting w;
  ASSERT_TRUE(save_pending(w.store, w.pending));
  EXPECT_FALSE(load_pending(w.store, "another-boot").value());
}

TEST(PendingConfirmFile, DamageInBothPlacesIsAnErrorWithAHint) {
  Waiting w;
  ASSERT_TRUE(save_pending(w.store, w.pending));
  const std::string whole = w.store.files[std::string(kConfirmPath)];
  std::string other = whole;
  other.replace(other.find("waiting"), 7, "wandering");
  for (const std::string& text : {std::string(), whole.substr(0, 20), std::string("[]"), other}) {
    w.store.files[std::string(kConfirmPath)] = text;
    w.store.files[std::string(kLastingConfirmPath)] = whole;
    EXPECT_TRUE(w.stored()) << text;
    w.store.files[std::string(kLastingConfirmPath)] = text;
    const auto read = load_pending(w.store, kFakeBootId);
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().text, HasSubstr("/run/ktls-tuner/confirm: damaged"));
    EXPECT_THAT(read.error().hint, HasSubstr("rollback"));
    w.store.files.erase(std::string(kConfirmPath));
    EXPECT_FALSE(load_pending(w.store, kFakeBootId)) << "the waiting run is unknown";
  }
}

TEST(PendingConfirmFile, OnePlaceIsEnough) {
  for (const auto path : {kConfirmPath, kLastingConfirmPath}) {
    Waiting w;
    ASSERT_TRUE(save_pending(w.store, w.pending));
    w.store.files.erase(std::string(path));
    EXPECT_TRUE(w.stored()) << path;
  }
}

TEST(PendingConfirmFile, IsWrittenInBothPlacesOrIsAnError) {
  for (const int n : {0, 1}) {
    Waiting w;
    w.machine.fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, n);
    EXPECT_FALSE(save_pending(w.store, w.pending)) << n;
  }
}

TEST(PendingConfirmFile, OnePlaceSettlesItAndTheOtherIsReported) {
  for (const int n : {0, 1}) {
    Waiting w;
    ASSERT_TRUE(save_pending(w.store, w.pending));
    w.machine.fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, n);
    std::optional<Error> lost;
    ASSERT_TRUE(decide_pending(w.store, w.pending, Stage::Kept, lost)) << n;
    EXPECT_TRUE(lost) << n;
    EXPECT_FALSE(w.stored()) << n;
    EXPECT_EQ(load_record(w.store, kFakeBootId).value()->stage, Stage::Kept) << n;
  }
  Waiting w;
  w.machine.fuse->start_guard(testing::WriteFuse::Kind::EndOfProcess, 0);
  std::optional<Error> lost;
  EXPECT_FALSE(decide_pending(w.store, w.pending, Stage::Kept, lost));
}

TEST(PendingConfirmFile, APendingRunIsNotHiddenByTheEndOfAnother) {
  for (const bool swapped : {false, true}) {
    Waiting w;
    ASSERT_TRUE(save_pending(w.store, w.pending));
    const auto first = swapped ? kLastingConfirmPath : kConfirmPath;
    const std::string waiting = w.store.files[std::string(first)];
    w.pending.run = "run-0";
    std::optional<Error> lost;
    ASSERT_TRUE(decide_pending(w.store, w.pending, Stage::Kept, lost));
    w.store.files[std::string(first)] = waiting;
    ASSERT_TRUE(w.stored()) << swapped;
    EXPECT_EQ(w.stored()->run, "run-1") << swapped;
  }
}

TEST(PendingConfirm, WaitsUntilTheDeadline) {
  Waiting w;
  EXPECT_EQ(w.state(), PendingState::Waiting);
  EXPECT_EQ(time_left(w.machine.host(), w.pending), 42s);
  EXPECT_THAT(pending_text(w.machine.host(), w.pending),
              HasSubstr("run run-1 of profile edge waits to be confirmed, 42 s left"));
  w.pass(41'499ms);
  EXPECT_EQ(w.state(), PendingState::Waiting);
  EXPECT_TRUE(w.confirm());
  w.pass(1ms);
  EXPECT_EQ(w.state(), PendingState::Undoing);
  EXPECT_EQ(time_left(w.machine.host(), w.pending), 0s);
}

TEST(PendingConfirm, IsNotMovedByAChangeOfTheClock) {
  Waiting w;
  w.machine->now += std::chrono::hours(24);
  EXPECT_EQ(w.state(), PendingState::Waiting);
}

TEST(PendingConfirm, CanBeConfirmedOrUndoneUntilThen) {
  Waiting w;
  const auto refused = w.apply();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Busy);
  EXPECT_THAT(refused.error().text, HasSubstr("42 s left; no other run can begin before that"));
  EXPECT_THAT(refused.error().hint, HasSubstr("ktls-tuner confirm keeps it"));
  EXPECT_THAT(refused.error().hint, HasSubstr("rollback --run run-1"));
}

TEST(PendingConfirm, CannotBeConfirmedAfterTheDeadlineEvenByForce) {
  Waiting w;
  w.pass(42s);
  for (const bool force : {false, true}) {
    const auto refused = w.confirm(force);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text,
                HasSubstr("was not confirmed within 1 min: its guard (pid 800) undoes it"));
  }
  EXPECT_EQ(w.apply().error().fault, Fault::Busy);
}

TEST(PendingConfirm, WithoutItsGuardItCanBeConfirmedInTime) {
  Waiting w;
  w.machine.remove("/proc/800");
  EXPECT_EQ(w.state(), PendingState::Unguarded);
  EXPECT_THAT(pending_text(w.machine.host(), w.pending),
              HasSubstr("42 s left, and its guard (pid 800) is gone: after that time the next "));
  EXPECT_TRUE(w.confirm());
  EXPECT_EQ(w.apply().error().fault, Fault::Busy);
}

TEST(PendingConfirm, WithoutItsGuardAfterTheDeadlineItIsOverdue) {
  Waiting w;
  w.machine.remove("/proc/800");
  w.pass(100s);
  EXPECT_EQ(w.state(), PendingState::Overdue);
  const auto refused = w.confirm();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text, HasSubstr("the confirmation is overdue since "));
  EXPECT_EQ(w.machine.host().clock().now() - deadline_time(w.machine.host(), w.pending),
            100s - 41'500ms);
  EXPECT_THAT(refused.error().hint, HasSubstr("confirm --force"));
  EXPECT_TRUE(w.confirm(/*force=*/true));
  EXPECT_EQ(w.apply().error().fault, Fault::Refused);
}

TEST(PendingConfirm, ADeadlineBeyondTheClockIsStillShown) {
  Waiting w;
  w.machine.remove("/proc/800");
  w.pending.deadline = std::chrono::milliseconds::min() + w.machine->since_boot;
  EXPECT_THAT(pending_text(w.machine.host(), w.pending), HasSubstr("overdue since "));
}

TEST(PendingConfirm, AReusedPidOrAZombieIsNotItsGuard) {
  Waiting w;
  add_process(w.machine, {.pid = kGuard.pid, .start = 9000});
  EXPECT_EQ(w.state(), PendingState::Unguarded);
  add_process(w.machine, kGuard, 'Z');
  EXPECT_EQ(w.state(), PendingState::Unguarded);
}

TEST(PendingConfirm, NoProcessIsGoneIfProcessesCannotBeSeen) {
  Waiting w;
  w.machine.remove("/proc/800");
  w.machine.remove("/proc/1");
  EXPECT_EQ(w.state(), PendingState::Waiting);
}

TEST(PendingConfirm, ItsStateWhileApplyWritesAndAfterItDied) {
  Waiting w;
  w.pending.stage = Stage::Applying;
  add_process(w.machine, kWriter);
  EXPECT_EQ(w.state(), PendingState::Applying);
  EXPECT_THAT(w.confirm().error().text, HasSubstr("is being applied"));
  w.machine.remove("/proc/700");
  EXPECT_EQ(w.state(), PendingState::Undoing);
}

TEST(PendingConfirm, AnApplyThatDiedBeforeItsGuardRanLeavesNothingPending) {
  Waiting w;
  w.pending.stage = Stage::Starting;
  w.pending.guard = {};
  EXPECT_EQ(w.state(), PendingState::Stale);
  EXPECT_THAT(pending_text(w.machine.host(), w.pending), HasSubstr("nothing was written"));
  EXPECT_TRUE(w.apply());
  EXPECT_EQ(w.confirm().error().text, "nothing waits to be confirmed");
}

TEST(PendingConfirm, WithoutAPendingRunApplyMayBeginAndConfirmIsRefused) {
  const FakeMachine machine;
  EXPECT_TRUE(may_apply(machine.host(), std::nullopt));
  const auto refused = may_confirm(machine.host(), std::nullopt, /*force=*/true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::Refused);
  EXPECT_EQ(refused.error().text, "nothing waits to be confirmed");
}

struct Arming : Waiting {
  Arming() {
    pending.stage = Stage::Starting;
    pending.guard = {};
    add_process(machine, kWriter);
  }
  // A guard that announces itself only after some polls.
  Outcome start() {
    add_process(machine, kGuard);
    machine->on_sleep = [this, looks = 3]() mutable {
      if (--looks != 0) return;
      EXPECT_TRUE(register_guard(store, kFakeBootId, "run-1", kGuard));
    };
    return {};
  }
  Outcome go() {
    return start_guard(machine.host(), store, pending,
                       [this](const std::string&) { return start(); });
  }
};

TEST(Arm, ReturnsWhenTheGuardRunsAndStartsTheTimeOfApply) {
  Arming a;
  ASSERT_TRUE(a.go());
  EXPECT_EQ(a.stored()->stage, Stage::Starting);
  EXPECT_EQ(a.stored()->guard, kGuard);
  a.pass(5s);
  ASSERT_TRUE(begin_applying(a.machine.host(), a.store, a.pending));
  EXPECT_EQ(a.stored()->stage, Stage::Applying);
  EXPECT_EQ(a.stored()->guard, kGuard);
  EXPECT_EQ(a.stored()->deadline, a.machine->since_boot + 60s);
  a.pass(20s);
  ASSERT_TRUE(await_confirm(a.machine.host(), a.store, a.pending));
  EXPECT_EQ(a.stored()->stage, Stage::Waiting);
  EXPECT_EQ(time_left(a.machine.host(), *a.stored()), 60s) << "the confirmation window is as long";
}

TEST(Arm, FailsWithoutAGuardAndLeavesNothingPending) {
  Arming a;
  const auto before = a.machine->since_boot;
  const auto armed = start_guard(a.machine.host(), a.store, a.pending,
                                 [](const std::string&) { return Outcome{}; });
  ASSERT_FALSE(armed);
  EXPECT_EQ(armed.error().fault, Fault::TimedOut);
  EXPECT_THAT(armed.error().text, HasSubstr("the guard of run run-1 did not start within 20 s"));
  EXPECT_EQ(a.machine->since_boot - before, 20s);
  EXPECT_FALSE(a.stored());
  const auto late = register_guard(a.store, kFakeBootId, "run-1", kGuard);
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().text, HasSubstr("run run-1 does not wait for a guard"));
}

TEST(Arm, ReturnsTheErrorOfStartingTheGuard) {
  Arming a;
  const auto armed =
      start_guard(a.machine.host(), a.store, a.pending, [](const std::string&) -> Outcome {
        return fail(Fault::Busy, "start a process: Resource temporarily unavailable");
      });
  EXPECT_THAT(armed.error().text, HasSubstr("start a process"));
  EXPECT_FALSE(a.stored());
}

TEST(Arm, FailsIfAnyWriteOfItsFileFails) {
  for (int n = 0; n < 4; ++n) {  // two places each: of apply, of the guard
    Arming a;
    a.machine.fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce, n);
    const auto armed = start_guard(a.machine.host(), a.store, a.pending, [&](const std::string&) {
      if (!register_guard(a.store, kFakeBootId, "run-1", kGuard)) a.machine.remove("/proc/800");
      return Outcome{};
    });
    EXPECT_FALSE(armed) << "write " << n;
    EXPECT_FALSE(a.stored()) << "write " << n;
  }
}

TEST(RegisterGuard, AFailedWriteIsAnError) {
  Arming a;
  ASSERT_TRUE(save_pending(a.store, a.pending));
  a.store.read_only = {std::string(kConfirmPath), std::string(kLastingConfirmPath)};
  const auto announced = register_guard(a.store, kFakeBootId, "run-1", kGuard);
  ASSERT_FALSE(announced);
  EXPECT_EQ(announced.error().fault, Fault::NotPermitted);
}

TEST(RegisterGuard, OnlyOneGuardIsRecordedAndTheNextIsTheSecond) {
  Arming a;
  ASSERT_TRUE(save_pending(a.store, a.pending));
  EXPECT_FALSE(register_guard(a.store, kFakeBootId, "run-2", kGuard));
  EXPECT_TRUE(register_guard(a.store, kFakeBootId, "run-1", kGuard));
  const auto second = register_guard(a.store, kFakeBootId, "run-1", {.pid = 801, .start = 1});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->guard, kGuard);
  EXPECT_EQ(a.stored()->guard, kGuard);
}

TEST(RegisterGuard, ASettledRunAcceptsNoGuard) {
  Arming a;
  std::optional<Error> lost;
  ASSERT_TRUE(decide_pending(a.store, a.pending, Stage::Kept, lost));
  EXPECT_EQ(register_guard(a.store, kFakeBootId, "run-1", kGuard).error().fault, Fault::Refused);
}

}  // namespace
}  // namespace tuner
