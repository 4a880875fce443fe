#include "host/files/state_store.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace tuner {
namespace {

using namespace std::chrono_literals;
using testing::TempFolder;

mode_t mode_of(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777U;
}

// A flock(2) lock belongs to the open file description, so a second open(2) in this process acts as
// another run.
class StateStoreTest : public ::testing::Test {
 protected:
  StateStoreTest() { ::umask(022); }

  TempFolder folder_;
  std::unique_ptr<StateStore> store_ = local_state_store(folder_.path());
};

TEST_F(StateStoreTest, AMissingFileIsNotFound) {
  const auto text = store_->read(kJournalPath);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().fault, Fault::NotFound);
}

TEST_F(StateStoreTest, AppendsLinesToAWorldReadableFile) {
  EXPECT_TRUE(store_->append(kJournalPath, "one"));
  EXPECT_TRUE(store_->append(kJournalPath, "two"));
  EXPECT_EQ(store_->read(kJournalPath).value(), "one\ntwo\n");
  EXPECT_EQ(mode_of(folder_.path() + "/run/ktls-tuner"), 0755U);
  EXPECT_EQ(mode_of(folder_.path() + "/run/ktls-tuner/journal"), 0644U);
}

TEST_F(StateStoreTest, HistoryIsWorldReadable) {
  EXPECT_TRUE(store_->append(kHistoryPath, "one"));
  EXPECT_EQ(mode_of(folder_.path() + "/var/lib/ktls-tuner"), 0755U);
  EXPECT_EQ(mode_of(folder_.path() + "/var/lib/ktls-tuner/history"), 0644U);
}

TEST_F(StateStoreTest, AppendsAfterAnIncompleteLineOnALineOfItsOwn) {
  folder_.write(kJournalPath, "one\n{\"half");
  EXPECT_TRUE(store_->append(kJournalPath, "two"));
  EXPECT_EQ(folder_.read(kJournalPath), "one\n{\"half\ntwo\n");
}

TEST_F(StateStoreTest, ReplaceLeavesTheNewTextAndNoTemporaryFile) {
  EXPECT_TRUE(store_->append(kJournalPath, "old"));
  EXPECT_TRUE(store_->replace(kJournalPath, "new\n"));
  EXPECT_EQ(store_->read(kJournalPath).value(), "new\n");
  EXPECT_TRUE(store_->remove(kJournalPath));
  EXPECT_EQ(::rmdir((folder_.path() + "/run/ktls-tuner").c_str()), 0) << "something is left";
}

TEST_F(StateStoreTest, ReadEndBeginsAtALine) {
  EXPECT_EQ(store_->size(kHistoryPath).value(), 0U);
  EXPECT_EQ(store_->read_end(kHistoryPath, 10).error().fault, Fault::NotFound);
  folder_.write(kHistoryPath, "first\nsecond\nthird\n");
  EXPECT_EQ(store_->size(kHistoryPath).value(), 19U);
  EXPECT_EQ(store_->read_end(kHistoryPath, 100).value(), "first\nsecond\nthird\n");
  EXPECT_EQ(store_->read_end(kHistoryPath, 10).value(), "third\n");
  EXPECT_EQ(store_->read_end(kHistoryPath, 3).value(), "");
}

TEST_F(StateStoreTest, MoveReplacesAnExistingFile) {
  folder_.write(kHistoryPath, "new\n");
  folder_.write(kOlderHistoryPath, "old\n");
  EXPECT_TRUE(store_->move(kHistoryPath, kOlderHistoryPath));
  EXPECT_EQ(folder_.read(kOlderHistoryPath), "new\n");
  EXPECT_FALSE(store_->move(kHistoryPath, kOlderHistoryPath));
}

TEST_F(StateStoreTest, RemovingAMissingFileSucceeds) {
  EXPECT_TRUE(store_->remove(kJournalPath));
  EXPECT_TRUE(store_->append(kJournalPath, "one"));
  EXPECT_TRUE(store_->remove(kJournalPath));
  EXPECT_EQ(store_->read(kJournalPath).error().fault, Fault::NotFound);
}

TEST_F(StateStoreTest, DoesNotFollowASymbolicLinkAtTheJournal) {
  folder_.write("/target", "precious\n");
  folder_.link(kJournalPath, folder_.path() + "/target");
  const auto refused = store_->append(kJournalPath, "one");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("symbolic link"), std::string::npos);
  EXPECT_EQ(folder_.read("/target"), "precious\n");
}

TEST_F(StateStoreTest, FilesExceptTheLockAreWorldReadableUnderAnyUmask) {
  ::umask(077);
  EXPECT_TRUE(store_->append(kJournalPath, "one"));
  EXPECT_TRUE(store_->replace(kConfirmPath, "two"));
  EXPECT_TRUE(store_->lock(0ms));
  ::umask(022);
  EXPECT_EQ(mode_of(folder_.path() + "/run/ktls-tuner"), 0755U);
  EXPECT_EQ(mode_of(folder_.path() + std::string(kJournalPath)), 0644U);
  EXPECT_EQ(mode_of(folder_.path() + std::string(kConfirmPath)), 0644U);
  EXPECT_EQ(mode_of(folder_.path() + std::string(kLockPath)), 0600U);
}

// Root acts on the content, so no other user may be able to write it.
TEST_F(StateStoreTest, RefusesFilesThatOthersCouldHaveWritten) {
  const std::string journal = folder_.path() + std::string(kJournalPath);
  const std::string folder = folder_.path() + "/run/ktls-tuner";
  const auto refused = [&] {
    const auto text = store_->read(kJournalPath);
    EXPECT_FALSE(text);
    EXPECT_FALSE(store_->append(kJournalPath, "two"));
    if (text) return std::string("trusted");
    EXPECT_EQ(text.error().fault, Fault::Refused) << text.error().text;
    return text.error().text;
  };
  ASSERT_TRUE(store_->append(kJournalPath, "one"));
  ASSERT_EQ(::chmod(journal.c_str(), 0646), 0);
  EXPECT_NE(refused().find("users other than its owner can write it (mode 0646)"),
            std::string::npos);
  ASSERT_EQ(::chmod(journal.c_str(), 0644), 0);
  ASSERT_EQ(::chmod(folder.c_str(), 0777), 0);
  EXPECT_NE(refused().find("users other than its owner can write in it"), std::string::npos);
  ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
  ASSERT_EQ(::link(journal.c_str(), (folder + "/second").c_str()), 0);
  EXPECT_NE(refused().find("it has 2 hard links"), std::string::npos);
  ASSERT_EQ(::unlink((folder + "/second").c_str()), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(journal.c_str(), 65534, 0), 0);
    EXPECT_NE(refused().find("it belongs to user 65534"), std::string::npos);
    // Files of a recorded machine may have any owner.
    EXPECT_TRUE(local_state_store(folder_.path(), StateOwner::Recorded)->read(kJournalPath));
    ASSERT_EQ(::chown(journal.c_str(), 0, 0), 0);
  }
  EXPECT_EQ(store_->read(kJournalPath).value(), "one\n");
}

TEST_F(StateStoreTest, LinksCannotLeaveARecordedMachine) {
  folder_.write("/elsewhere/journal", "outside\n");
  folder_.link("/machine/run/ktls-tuner", folder_.path() + "/elsewhere");
  const auto store = local_state_store(folder_.path() + "/machine", StateOwner::Recorded);
  EXPECT_EQ(store->read(kJournalPath).error().fault, Fault::NotFound);
}

TEST_F(StateStoreTest, NamesAFileThatIsInPlaceOfAFolder) {
  folder_.write("/run", "not a folder");
  const auto failed = store_->append(kJournalPath, "one");
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().text.find("/run: Not a directory"), std::string::npos);
}

TEST_F(StateStoreTest, NoticesAReplacedFolderUnlessFoldersAreKeptOpen) {
  using enum StateFolders;
  for (const StateFolders folders : {OpenedEachTime, KeptOpen}) {
    ASSERT_TRUE(store_->replace(kConfirmPath, "first"));
    const auto reader = local_state_store(folder_.path(), StateOwner::ThisMachine, folders);
    ASSERT_EQ(reader->read(kConfirmPath).value(), "first");
    std::filesystem::remove_all(folder_.path() + "/run/ktls-tuner");
    ASSERT_TRUE(store_->replace(kConfirmPath, "second"));
    const auto now = reader->read(kConfirmPath);
    if (folders == OpenedEachTime) {
      EXPECT_EQ(now.value(), "second");
    } else {
      EXPECT_EQ(now.error().fault, Fault::NotFound);
    }
  }
}

TEST_F(StateStoreTest, BusyNamesTheHolderOfTheLock) {
  auto held = store_->lock(0ms);
  ASSERT_TRUE(held) << held.error().text;
  const auto second = local_state_store(folder_.path())->lock(50ms);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::Busy);
  EXPECT_NE(second.error().text.find("(pid " + std::to_string(::getpid()) + " (test_host))"),
            std::string::npos);
}

TEST_F(StateStoreTest, AReleasedLockCanBeTaken) {
  auto held = store_->lock(0ms);
  ASSERT_TRUE(held);
  held->reset();
  EXPECT_TRUE(local_state_store(folder_.path())->lock(0ms));
}

TEST_F(StateStoreTest, WaitsForALockThatIsReleasedInTime) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = store_->lock(0ms);
    ::usleep(200'000);
    ::_exit(held ? 0 : 1);
  }
  ASSERT_GT(child, 0);
  ::usleep(50'000);
  EXPECT_TRUE(store_->lock(5s));
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(StateStoreTest, TheEndOfAProcessReleasesItsLock) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = store_->lock(0ms);
    ::_exit(held ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(store_->lock(0ms));
}

TEST(LocalStateStore, WithoutPermissionTheErrorHasAHint) {
  if (::getuid() == 0) {
    const TempFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
      const bool dropped = ::setresuid(65534, 65534, 65534) == 0;
      const auto denied = local_state_store(folder.path())->append(kJournalPath, "x");
      const bool right = !denied && denied.error().fault == Fault::NotPermitted &&
                         denied.error().hint.find("root") != std::string::npos;
      ::_exit(dropped && right ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  } else {
    const auto denied = local_state_store("/proc")->append(kJournalPath, "x");
    ASSERT_FALSE(denied);
  }
}

}  // namespace
}  // namespace tuner
