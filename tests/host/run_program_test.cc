#include "host/run_program.h"

#include "host/own_programs.h"
#include "host/service_port.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RunProgram, GivesStatusAndOutput) {
  const auto ended = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"}, seconds(20));
  ASSERT_TRUE(ended) << ended.error().text;
  EXPECT_EQ(ended->status, 3);
  EXPECT_EQ(ended->output, "out\nerr\n");
}

TEST(RunProgram, ASignalIsAStatusToo) {
  EXPECT_EQ(run_program({"sh", "-c", "kill -TERM $$"}, seconds(20))->status, 128 + 15);
}

TEST(RunProgram, KeepsTheBeginningOfALongOutput) {
  const auto ended = run_program({"sh", "-c", "yes | head -c 300000"}, seconds(20));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output.size(), 65536U);
}

TEST(RunProgram, EndsInTimeWithAllThatItStarted) {
  const auto before = std::chrono::steady_clock::now();
  const auto ended = run_program({"sh", "-c", "sleep 60 & sleep 60"}, milliseconds(200));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().fault, Fault::TimedOut);
  EXPECT_EQ(ended.error().text, "sh did not end within 1 s and was killed");
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(20));
}

TEST(RunProgram, ADaemonThatKeepsThePipeOpenIsNotWaitedFor) {
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_program({"sh", "-c", "sleep 3 & exit 0"}, seconds(20)));
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(3));
}

TEST(RunProgram, AProgramThatIsNotThereIsNotFound) {
  const auto ended = run_program({"no-such-program-here"}, seconds(1));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().fault, Fault::NotFound);
  EXPECT_EQ(ended.error().text, "start no-such-program-here: No such file or directory");
}

TEST(OwnPrograms, NamesTheFoldersItLookedIn) {
  ::setenv("KTLS_TUNER_LIBEXEC", "/nowhere", 1);
  const auto found = find_own_program("helper", "the test");
  ::unsetenv("KTLS_TUNER_LIBEXEC");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().text, "the test needs helper, which is not in /nowhere");
  EXPECT_TRUE(find_own_program("irqbalance-policy", "the test"));
}

TEST(SystemdPort, WithoutSystemdItSaysSo) {
  if (::access("/run/systemd/system", F_OK) == 0) GTEST_SKIP() << "systemd runs here";
  const auto restarted = systemd_port()->restart("x.service");
  ASSERT_FALSE(restarted);
  EXPECT_EQ(restarted.error().fault, Fault::Unsupported);
  EXPECT_EQ(restarted.error().text, "systemctl daemon-reload: systemd does not run here");
}

}  // namespace
}  // namespace tuner
