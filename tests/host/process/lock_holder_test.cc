#include "host/process/lock_holder.h"

#include "host/files/file_tree.h"
#include "support/fake_host.h"
#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace tuner {
namespace {

using testing::FakeMachine;
using testing::TempFolder;

constexpr const char* kStat = " 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7000 0";

struct Locks {
  FakeMachine machine;
  std::optional<LockHolder> holder() const {
    return lock_holder(machine.host().files(), "26:5407");
  }
};

TEST(LockHolder, IsTheProcessInProcLocksThatDoesNotWait) {
  Locks locks;
  locks.machine.set("/proc/locks",
                    "1: POSIX  ADVISORY  WRITE 1 00:1a:5407 0 EOF\n"
                    "2: FLOCK  ADVISORY  WRITE 2 00:1b:5407 0 EOF\n"
                    "3: -> FLOCK  ADVISORY  WRITE 3 00:1a:5407 0 EOF\n"
                    "4: FLOCK  ADVISORY  WRITE 4 00:1a:5407 0 EOF\n");
  for (const int pid : {1, 2, 3, 4})
    locks.machine.set(fmt::format("/proc/{}/stat", pid), fmt::format("{} (a b) T{}", pid, kStat));
  const auto holder = locks.holder();
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->process, (ProcessIdentity{.pid = 4, .start = 7000}));
  EXPECT_TRUE(holder->stopped);
  EXPECT_EQ(holder_text(*holder), "pid 4 (a b), stopped");
}

TEST(LockHolder, IsTheProcessThatInheritedTheDescriptor) {
  Locks locks;
  locks.machine.set("/proc/locks", "4: FLOCK  ADVISORY  WRITE 4 00:1a:5407 0 EOF\n");
  EXPECT_FALSE(locks.holder());
  locks.machine.set("/proc/9/stat", fmt::format("9 (child) S{}", kStat));
  locks.machine.set("/proc/9/fdinfo/3", "pos:\t0\nflags:\t02\nmnt_id:\t9\n");
  EXPECT_FALSE(locks.holder()) << "an open descriptor without a lock";
  locks.machine.set("/proc/9/fdinfo/4",
                    "pos:\t0\nlock:\t1: FLOCK  ADVISORY  WRITE 4 00:1a:5407 0 EOF\n");
  ASSERT_TRUE(locks.holder());
  EXPECT_EQ(holder_text(*locks.holder()), "pid 9 (child)");
}

TEST(LockHolder, IsUnknownIfProcLocksIsUnreadableOrMalformed) {
  Locks locks;
  EXPECT_FALSE(locks.holder());
  for (const char* text : {"", "x", "4: FLOCK  ADVISORY  WRITE x 00:1a:5407 0 EOF\n",
                           "4: FLOCK  ADVISORY  WRITE 0 00:1a:5407 0 EOF\n"}) {
    locks.machine.set("/proc/locks", text);
    EXPECT_FALSE(locks.holder()) << text;
  }
  EXPECT_FALSE(lock_holder(locks.machine.host().files(), "no identity"));
}

// With the kernel's /proc/locks, for a stopped process that holds a lock.
TEST(LockHolder, FindsTheHolderOfARealLock) {
  const TempFolder folder;
  const std::string path = folder.path() + "/lock";
  const pid_t child = ::fork();
  if (child == 0) {
    const int fd = ::open(path.c_str(), O_CREAT | O_RDWR, 0600);
    if (fd < 0 || ::flock(fd, LOCK_EX) != 0) ::_exit(1);
    ::raise(SIGSTOP);
    ::_exit(0);
  }
  ASSERT_GT(child, 0);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  const auto files = local_file_tree();
  const auto identity = files->identity(path);
  const auto holder = identity ? lock_holder(*files, *identity) : std::nullopt;
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->process.pid, child);
  EXPECT_TRUE(holder->stopped);
  EXPECT_FALSE(lock_holder(*files, *identity)) << "the holder has ended";
}

}  // namespace
}  // namespace tuner
