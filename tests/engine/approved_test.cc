#include "engine/approved.h"

#include "support/fake_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeStateStore;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ProfileCopy copy(const std::string& digest) {
  return {.path = "/etc/ktls-tuner/profiles.d/edge.yaml",
          .digest = digest,
          .directories = {"/etc/ktls-tuner/profiles.d", "/usr/share/ktls-tuner/profiles"},
          .files = {{"/etc/ktls-tuner/profiles.d/edge.yaml", "name: edge\n"}}};
}

RunInfo run(const std::string& id, const std::string& digest) {
  return {.id = id,
          .boot_id = "boot",
          .profile = "edge",
          .path = copy(digest).path,
          .digest = digest,
          .at = "2026-01-01T00:00:00Z"};
}

TEST(Approved, IsFoundByPathAndDigestOfTheRun) {
  FakeStateStore store;
  EXPECT_THAT(load_approved(store).value(), IsEmpty());
  ASSERT_TRUE(approve(store, copy("1"), Journal{}));
  const auto copies = load_approved(store).value();
  ASSERT_NE(approved_for(copies, run("r", "1")), nullptr);
  EXPECT_EQ(*approved_for(copies, run("r", "1")), copy("1"));
  EXPECT_EQ(approved_for(copies, run("r", "2")), nullptr);
  RunInfo elsewhere = run("r", "1");
  elsewhere.path = "/home/alice/edge.yaml";
  EXPECT_EQ(approved_for(copies, elsewhere), nullptr);
}

TEST(Approved, TheSameCopyAgainWritesNothing) {
  auto fuse = std::make_shared<testing::WriteFuse>();
  FakeStateStore store(fuse);
  ASSERT_TRUE(approve(store, copy("1"), Journal{}));
  fuse->disarm();
  ASSERT_TRUE(approve(store, copy("1"), Journal{}));
  EXPECT_EQ(fuse->count(), 0);
}

// A rollback or the next boot may return to any of them.
TEST(Approved, KeepsOnlyTheCopiesOfRunsInTheJournal) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(approve(store, copy("never applied"), journal));
  ASSERT_TRUE(approve(store, copy("1"), journal));
  ASSERT_TRUE(journal.begin(store, run("run-1", "1")));
  ASSERT_TRUE(journal.end(store, "applied"));
  ASSERT_TRUE(approve(store, copy("2"), journal));
  const auto copies = load_approved(store).value();
  EXPECT_THAT(copies, SizeIs(2));
  EXPECT_NE(approved_for(copies, run("run-1", "1")), nullptr);
  EXPECT_NE(approved_for(copies, run("run-2", "2")), nullptr);
}

TEST(Approved, IsRemovedWithTheLastRun) {
  FakeStateStore store;
  Journal journal;
  ASSERT_TRUE(approve(store, copy("1"), journal));
  ASSERT_TRUE(journal.begin(store, run("run-1", "1")));
  ASSERT_TRUE(journal.clear(store));
  EXPECT_FALSE(store.files.contains(std::string(kApprovedPath)));
}

TEST(Approved, AnAlteredCopyIsRefusedAndReplacedByANewApproval) {
  FakeStateStore store;
  ASSERT_TRUE(approve(store, copy("1"), Journal{}));
  std::string& text = store.files[std::string(kApprovedPath)];
  text.replace(text.find("name: edge"), 10, "name: evil");
  EXPECT_THAT(load_approved(store).error().text, HasSubstr("damaged: it was altered"));
  text = "{}";
  EXPECT_THAT(load_approved(store).error().text, HasSubstr("does not have this program's format"));
  ASSERT_TRUE(approve(store, copy("1"), Journal{}));
  EXPECT_THAT(load_approved(store).value(), SizeIs(1));
}

}  // namespace
}  // namespace tuner
