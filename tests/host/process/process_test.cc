#include "host/process/process.h"

#include "host/files/file_tree.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace tuner {
namespace {

using testing::FakeMachine;

// /proc/PID/stat as on Debian 12, with a hostile name that contains parentheses and a state.
constexpr const char* kStat =
    "812 (a) S 1 (b) S 700 812 812 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 188050 2 3 4";

TEST(Process, IsIdentifiedByPidAndStartTime) {
  FakeMachine machine;
  machine.set("/proc/812/stat", kStat);
  const auto process = identify_process(machine.host().files(), 812);
  ASSERT_TRUE(process);
  EXPECT_EQ(*process, (ProcessIdentity{.pid = 812, .start = 188050}));
}

TEST(Process, MissingZombieOrMalformedIsNone) {
  FakeMachine machine;
  EXPECT_FALSE(identify_process(machine.host().files(), 812));
  for (const char* text : {"", "812", "812 (a)", "812 (a) S 1 2 3",
                           "812 (a) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 188050 2",
                           "812 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 x 2",
                           "812 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 -1 2",
                           "812 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9223372036854775808"}) {
    machine.set("/proc/812/stat", text);
    EXPECT_FALSE(identify_process(machine.host().files(), 812)) << text;
  }
}

TEST(Process, IsNotKilledIfThePidWasReused) {
  const auto files = local_file_tree();
  const pid_t child = ::fork();
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  ASSERT_GT(child, 0);
  const auto process = identify_process(*files, child);
  ASSERT_TRUE(process);
  EXPECT_TRUE(is_running(*files, *process));
  kill_process(*files, {.pid = child, .start = process->start + 1});
  EXPECT_TRUE(is_running(*files, *process)) << "a reused PID";
  kill_process(*files, *process);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  EXPECT_FALSE(is_running(*files, *process));
}

TEST(Process, ThisProcessHasItsPidAndAStartTime) {
  const auto files = local_file_tree();
  EXPECT_EQ(this_process(*files).pid, process_id());
  EXPECT_GT(this_process(*files).start, 0);
}

TEST(IsRunning, AFailedReadDoesNotMeanEnded) {
  testing::FakeMachine machine = testing::two_node_machine();
  machine.set("/proc/1/stat", "1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 3 0\n");
  const Host host = machine.host();
  const ProcessIdentity gone{.pid = 812, .start = 7};
  EXPECT_FALSE(is_running(host.files(), gone));
  machine->on_read = [](std::string_view what) {
    return what.find("/proc/812/") != std::string_view::npos ? std::optional(EIO) : std::nullopt;
  };
  EXPECT_TRUE(is_running(host.files(), gone));
}

}  // namespace
}  // namespace tuner
