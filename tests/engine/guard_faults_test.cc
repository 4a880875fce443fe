// The guard with state that is removed or altered, and the second guard.
#include "engine/guard_rig.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

namespace tuner {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Stage = PendingConfirm::Stage;
using testing::GuardRig;
using testing::kFakeBootId;
using testing::kGuard;

// Each file and folder of the state is removed, truncated, altered or of another boot, at each
// poll.
TEST(Guard, RemovedOrAlteredStateIsNoConfirmation) {
  const std::string confirm(kConfirmPath);
  const std::string lasting(kLastingConfirmPath);
  const std::vector<std::vector<std::string>> targets{
      {confirm},
      {lasting},
      {confirm, lasting},
      {std::string(kJournalPath)},
      {std::string(kJournalHeadPath)},
      {confirm, std::string(kJournalPath), std::string(kJournalHeadPath)},
      {confirm, lasting, std::string(kJournalPath), std::string(kJournalHeadPath)}};
  using Change = std::function<void(std::map<std::string, std::string>&, const std::string&)>;
  const std::vector<Change> changes{
      [](auto& files, const std::string& path) { files.erase(path); },
      [](auto& files, const std::string& path) { files[path].resize(files[path].size() / 2); },
      [](auto& files, const std::string& path) { files[path] = ""; },
      [](auto& files, const std::string& path) {
        const auto at = files[path].find(kFakeBootId);
        if (at != std::string::npos) files[path][at] = 'x';
      }};
  for (std::size_t target = 0; target < targets.size(); ++target) {
    for (std::size_t change = 0; change < changes.size(); ++change) {
      for (int look = 1; look <= 4; ++look) {
        SCOPED_TRACE(fmt::format("target {}, change {}, look {}", target, change, look));
        GuardRig rig;
        rig.apply_and_wait();
        rig.machine->on_sleep = [&, left = look]() mutable {
          if (--left != 0) return;
          for (const auto& path : targets[target]) changes[change](rig.store.files, path);
        };
        ASSERT_EQ(rig.guard(), GuardEnd::Undone);
        EXPECT_EQ(rig.now(), rig.start);
        EXPECT_FALSE(rig.is_pending());
      }
    }
  }
}

// A damaged journal may hold the only originals of earlier runs.
TEST(Guard, KeepsACopyOfADamagedJournal) {
  for (const bool gone : {false, true}) {
    GuardRig rig;
    rig.apply_and_wait();
    std::string damaged;
    rig.machine->on_sleep = [&, left = 2]() mutable {
      if (--left != 0) return;
      std::string& text = rig.store.files[std::string(kJournalPath)];
      text.resize(text.size() / 2);
      damaged = text;
      if (!gone) return;
      rig.store.files.erase(std::string(kJournalPath));
      rig.store.files.erase(std::string(kJournalHeadPath));
    };
    ASSERT_EQ(rig.guard(), GuardEnd::Undone);
    std::vector<std::string> aside;
    for (const auto& [path, text] : rig.store.files) {
      if (path.starts_with(kJournalPath) && path.ends_with(".damaged")) aside.push_back(text);
    }
    if (gone)
      EXPECT_THAT(aside, IsEmpty());
    else
      EXPECT_EQ(aside, std::vector<std::string>{damaged});
  }
}

// The same at each write of an apply that then dies.
TEST(Guard, UndoesAnApplyThatDiesAfterItsStateWasRemoved) {
  const std::vector<std::string> all{std::string(kConfirmPath), std::string(kLastingConfirmPath),
                                     std::string(kJournalPath), std::string(kJournalHeadPath)};
  std::vector<std::vector<std::string>> targets{all, {all[0], all[2], all[3]}, {all[1]}};
  for (const auto& one : all) targets.push_back({one});
  for (std::size_t target = 0; target < targets.size(); ++target) {
    for (int write = 7; write < 40; ++write) {
      SCOPED_TRACE(fmt::format("target {}, write {}", target, write));
      GuardRig rig;
      rig.machine.fuse->start_guard(testing::WriteFuse::Kind::EndOfProcess, write);
      rig.apply(testing::whole_profile());
      rig.machine.fuse->disarm();
      rig.machine->on_sleep = [&, left = 1]() mutable {
        if (--left != 0) return;
        for (const auto& path : targets[target]) rig.store.files.erase(path);
        rig.end_process(testing::kWriter);
      };
      ASSERT_EQ(rig.guard(), GuardEnd::Undone);
      EXPECT_EQ(rig.now(), rig.start);
    }
  }
}

TEST(Guard, OnePlaceIsEnoughForAConfirmation) {
  for (const auto path : {kConfirmPath, kLastingConfirmPath}) {
    GuardRig rig;
    rig.apply_and_wait();
    rig.machine->on_sleep = [&, left = 2]() mutable {
      if (--left != 0) return;
      EXPECT_TRUE(rig.settle(Stage::Kept));
      rig.store.files.erase(std::string(path));
    };
    EXPECT_EQ(rig.guard(), GuardEnd::Left) << path;
  }
}

TEST(Guard, TheConfirmationOfAnotherRunIsIgnored) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&, left = 2]() mutable {
    if (--left != 0) return;
    PendingConfirm other = rig.pending;
    other.run = "run-7";
    std::optional<Error> lost;
    EXPECT_TRUE(decide_pending(rig.store, other, Stage::Kept, lost));
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, UndoesAtOnceAfterASuspendBeyondTheDeadline) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&, left = 2]() mutable {
    if (--left == 0) rig.machine->since_boot += 8h;
  };
  const auto before = rig.machine->since_boot;
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_LT(rig.machine->since_boot - before, 8h + 5s);
}

constexpr ProcessIdentity kSecond{.pid = 801, .start = 8001};

TEST(SecondGuard, WaitsWhileTheFirstRuns) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&] {
    if (rig.machine->since_boot > rig.pending.deadline + 1h) {
      EXPECT_TRUE(rig.settle(Stage::Undone));
    }
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Left);
  EXPECT_THAT(rig.log, IsEmpty());
  EXPECT_EQ(rig.looks_for_a_second, 0) << "only the active guard starts a second one";
}

TEST(SecondGuard, ReplacesAKilledGuard) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.add_process(kSecond);
  rig.machine->on_sleep = [&, left = 2]() mutable {
    if (--left == 0) rig.end_process(kGuard);
    if (left < 0 && rig.is_pending()) {
      EXPECT_EQ(load_pending(rig.store, kFakeBootId).value()->guard, kSecond);
    }
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Undone);
  EXPECT_THAT(rig.log.front(), HasSubstr("(pid 800) is gone: pid 801 takes over"));
  rig.end_process(kSecond);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(SecondGuard, UndoesTheRunEvenIfTheRecordCannotBeWritten) {
  GuardRig rig;
  const std::string before = rig.machine.text(testing::kWmem);
  rig.apply_and_wait();
  rig.add_process(kSecond);
  bool undone = false;
  rig.machine->on_sleep = [&, sleeps = 0]() mutable {
    if (++sleeps == 2) {
      rig.end_process(kGuard);
      rig.store.read_only = {std::string(kConfirmPath), std::string(kLastingConfirmPath)};
    }
    undone = undone || rig.machine.text(testing::kWmem) == before;
    if (undone || sleeps == 500) rig.store.read_only.clear();
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Undone);
  EXPECT_TRUE(undone) << "before the record became writable";
  EXPECT_EQ(std::ranges::count_if(
                rig.log, [](const std::string& line) { return line.ends_with("takes over"); }),
            1);
}

TEST(SecondGuard, KillsAndReplacesAStoppedGuard) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.add_process(kSecond);
  rig.machine->on_sleep = [&, left = 2]() mutable {
    if (--left == 0) rig.add_process(kGuard, 'T');
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kGuard});
}

TEST(SecondGuard, LeavesAGuardThatIsStoppedForAMoment) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&, left = 3]() mutable {
    --left;
    if (left == 1) rig.add_process(kGuard, 'T');
    if (left == 0) rig.add_process(kGuard, 'S');
    if (left == -5) {
      EXPECT_TRUE(rig.settle(Stage::Kept));
    }
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Left);
  EXPECT_THAT(rig.killed, IsEmpty());
}

}  // namespace
}  // namespace tuner
