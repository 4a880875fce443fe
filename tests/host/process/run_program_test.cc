#include "host/process/run_program.h"

#include "host/process/service_port.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RunProgram, ReturnsStatusAndOutput) {
  const auto ended = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"}, seconds(20));
  ASSERT_TRUE(ended) << ended.error().text;
  EXPECT_EQ(ended->status, 3);
  EXPECT_EQ(ended->output, "out\nerr\n");
}

TEST(RunProgram, ASignalIsStatus128PlusItsNumber) {
  EXPECT_EQ(run_program({"sh", "-c", "kill -TERM $$"}, seconds(20))->status, 128 + 15);
}

TEST(RunProgram, KeepsTheFirst64KiBOfTheOutput) {
  const auto ended = run_program({"sh", "-c", "yes | head -c 300000"}, seconds(20));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output.size(), 65536U);
}

TEST(RunProgram, KillsTheProcessGroupAtTheTimeLimit) {
  const auto before = std::chrono::steady_clock::now();
  const auto ended = run_program({"sh", "-c", "sleep 60 & sleep 60"}, milliseconds(200));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().fault, Fault::TimedOut);
  EXPECT_EQ(ended.error().text, "sh did not end within 1 s and was killed");
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(20));
}

TEST(RunProgram, DoesNotWaitForADaemonThatKeepsThePipeOpen) {
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_program({"sh", "-c", "sleep 3 & exit 0"}, seconds(20)));
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(3));
}

TEST(RunProgram, AMissingProgramIsNotFound) {
  const auto ended = run_program({"no-such-program-here"}, seconds(1));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().fault, Fault::NotFound);
  EXPECT_EQ(ended.error().text, "start no-such-program-here: No such file or directory");
}

// The caller's PATH may contain a folder of another user.
TEST(RunProgram, SearchesTheSystemFoldersOnlyAndIgnoresPath) {
  testing::TempFolder folder;
  for (const char* name : {"/env", "/only-here"}) {
    folder.write(name, "#!/bin/sh\necho stolen\n");
    ASSERT_EQ(::chmod((folder.path() + name).c_str(), 0755), 0);
  }
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", (folder.path() + ":" + before).c_str(), 1);
  const auto shown = run_program({"env"}, seconds(20));
  const auto child = run_program({"sh", "-c", "env; only-here"}, seconds(20));
  const auto only = run_program({"only-here"}, seconds(20));
  ::setenv("PATH", "", 1);
  const auto without = run_program({"true"}, seconds(20));
  ::setenv("PATH", before.c_str(), 1);
  ASSERT_TRUE(shown && child && without);
  EXPECT_NE(shown->output.find("PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"), std::string::npos);
  EXPECT_EQ(shown->output.find(folder.path()), std::string::npos)
      << "PATH must be kProgramPath only";
  EXPECT_EQ(child->status, 127) << child->output;
  EXPECT_EQ(without->status, 0);
  ASSERT_FALSE(only);
  EXPECT_EQ(only.error().fault, Fault::NotFound);
}

TEST(SystemdPort, WithoutSystemdItIsUnsupported) {
  if (::access("/run/systemd/system", F_OK) == 0) GTEST_SKIP() << "systemd runs here";
  const auto restarted = systemd_port()->restart("x.service");
  ASSERT_FALSE(restarted);
  EXPECT_EQ(restarted.error().fault, Fault::Unsupported);
  EXPECT_EQ(restarted.error().text, "systemctl daemon-reload: systemd does not run here");
}

}  // namespace
}  // namespace tuner
