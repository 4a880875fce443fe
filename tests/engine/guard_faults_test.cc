// What the guard of a run makes of state that is removed or altered, and of its own end.
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

// Each file and each folder of the state, removed, cut, altered or of another boot, at each look.
TEST(Guard, TakesNothingThatIsGoneOrAlteredForAConfirmation) {
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

// The damaged one may be all that is left of other runs' originals.
TEST(Guard, ADamagedJournalIsKeptAsideAndOneThatIsGoneIsNot) {
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

// The same while apply still writes, at each of its writes; then it dies.
TEST(Guard, UndoesAnApplyThatDiesAfterItsStateWasRemoved) {
  const std::vector<std::string> all{std::string(kConfirmPath), std::string(kLastingConfirmPath),
                                     std::string(kJournalPath), std::string(kJournalHeadPath)};
  std::vector<std::vector<std::string>> targets{all, {all[0], all[2], all[3]}, {all[1]}};
  for (const auto& one : all) targets.push_back({one});
  for (std::size_t target = 0; target < targets.size(); ++target) {
    for (int write = 7; write < 40; ++write) {
      SCOPED_TRACE(fmt::format("target {}, write {}", target, write));
      GuardRig rig;
      rig.machine.fuse->arm(testing::WriteFuse::Kind::EndOfProcess, write);
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

TEST(Guard, AConfirmationInOnePlaceIsOne) {
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

TEST(Guard, TheConfirmationOfAnotherRunIsNone) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&, left = 2]() mutable {
    if (--left != 0) return;
    PendingConfirm other = rig.pending;
    other.run = "run-7";
    std::optional<Error> lost;
    EXPECT_TRUE(settle_pending(rig.store, other, Stage::Kept, lost));
  };
  EXPECT_EQ(rig.guard(), GuardEnd::Undone);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(Guard, UndoesAtOnceAfterASleepBeyondItsTime) {
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

TEST(SecondGuard, WaitsBehindTheFirstWhateverTheTime) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.machine->on_sleep = [&] {
    if (rig.machine->since_boot > rig.pending.deadline + 1h) {
      EXPECT_TRUE(rig.settle(Stage::Undone));
    }
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Left);
  EXPECT_THAT(rig.log, IsEmpty());
  EXPECT_EQ(rig.looks_for_a_second, 0) << "only the guard on duty has one behind it";
}

TEST(SecondGuard, TakesThePlaceOfOneThatIsKilled) {
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
  EXPECT_THAT(rig.log.front(), HasSubstr("(pid 800) is gone: pid 801 takes its place"));
  rig.end_process(kSecond);
  EXPECT_EQ(rig.now(), rig.start);
}

TEST(SecondGuard, UndoesTheRunAlsoWhereItsNumberCannotBeRecorded) {
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
  EXPECT_TRUE(undone) << "before the record could be written again";
  EXPECT_EQ(std::ranges::count_if(
                rig.log, [](const std::string& line) { return line.ends_with("takes its place"); }),
            1);
}

TEST(SecondGuard, EndsOneThatIsStopped) {
  GuardRig rig;
  rig.apply_and_wait();
  rig.add_process(kSecond);
  rig.machine->on_sleep = [&, left = 2]() mutable {
    if (--left == 0) rig.add_process(kGuard, 'T');
  };
  EXPECT_EQ(rig.guard(kSecond), GuardEnd::Undone);
  EXPECT_EQ(rig.killed, std::vector<ProcessIdentity>{kGuard});
}

TEST(SecondGuard, LeavesOneThatIsStoppedForAMoment) {
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
