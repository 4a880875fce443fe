#include "engine/history.h"

#include "support/fake_state_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeStateStore;
using ::testing::SizeIs;

HistoryEntry entry(int number, std::size_t changes = 0) {
  HistoryEntry entry{.run = {.id = fmt::format("run-{}", number), .profile = "p"},
                     .verb = "apply",
                     .end = "applied",
                     .because = {},
                     .changes = {}};
  entry.changes.resize(changes, {"sysctl", "net.core.rmem_max", "1", "2"});
  return entry;
}

TEST(History, IsBoundedAndKeepsItsLastEntry) {
  FakeStateStore store;
  for (int number = 0; number < 500; ++number) {
    ASSERT_TRUE(append_history(store, entry(number, 100)));
    const bool just_begun = store.files.at(std::string(kHistoryPath)).size() < 64UL * 1024;
    if (number % 10 != 9 && !just_begun) continue;
    EXPECT_EQ(read_last_entry(store).value().entries.at(0).run.id, fmt::format("run-{}", number));
  }
  std::size_t bytes = 0;
  for (const auto& [path, text] : store.files) bytes += text.size();
  EXPECT_LT(bytes, 2 * kHistoryLimit + 2 * 100 * 100) << "two halves, each longer by one line";
  const History all = read_history(store).value();
  EXPECT_EQ(all.entries.back().run.id, "run-499");
  EXPECT_GT(all.entries.size(), 100U);
}

TEST(History, ItsLastEntryMayBeLongerThanTheFirstRead) {
  FakeStateStore store;
  ASSERT_TRUE(append_history(store, entry(1)));
  ASSERT_TRUE(append_history(store, entry(2, 5000)));
  const History last = read_last_entry(store).value();
  ASSERT_THAT(last.entries, SizeIs(1));
  EXPECT_THAT(last.entries[0].changes, SizeIs(5000));
}

TEST(History, AnUnreadableLineIsCounted) {
  FakeStateStore store;
  ASSERT_TRUE(append_history(store, entry(1)));
  store.files[std::string(kHistoryPath)] += "{\"run\":\n";
  ASSERT_TRUE(append_history(store, entry(2)));
  for (const auto& recalled : {read_history(store), read_last_entry(store)}) {
    ASSERT_TRUE(recalled);
    EXPECT_EQ(recalled->unreadable, 1U);
    EXPECT_EQ(recalled->entries.back().run.id, "run-2");
  }
}

TEST(History, KeepsTheRisksThatWereAccepted) {
  FakeStateStore store;
  HistoryEntry accepting = entry(1);
  accepting.run.accepted_risks = {AcceptedRisk::Breaks, AcceptedRisk::KeyUpdate};
  ASSERT_TRUE(append_history(store, accepting));
  EXPECT_EQ(read_history(store).value().entries.at(0).run.accepted_risks,
            accepting.run.accepted_risks);
  // A later release may know more of them.
  std::string& text = store.files[std::string(kHistoryPath)];
  text.replace(text.find("breaks"), 6, "other!");
  EXPECT_EQ(read_history(store).value().entries.at(0).run.accepted_risks,
            std::vector{AcceptedRisk::KeyUpdate});
}

TEST(History, AfterRotationItStillHasALastEntry) {
  FakeStateStore store;
  ASSERT_TRUE(append_history(store, entry(1)));
  ASSERT_TRUE(store.move(kHistoryPath, kOlderHistoryPath));
  EXPECT_EQ(read_last_entry(store).value().entries.at(0).run.id, "run-1");
  EXPECT_THAT(read_last_entry(FakeStateStore()).value().entries, SizeIs(0));
}

}  // namespace
}  // namespace tuner
