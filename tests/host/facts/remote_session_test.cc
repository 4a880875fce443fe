#include "host/facts/remote_session.h"

#include "support/fake_host.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

void add_process(FakeMachine& machine, std::string_view name, int pid, int parent,
                 const std::string& environment) {
  const std::string folder = fmt::format("/proc/{}", name);
  machine.set(
      folder + "/status",
      fmt::format("Name:\tx\nTgid:\t{0}\nPid:\t{0}\nPPid:\t{1}\nTracerPid:\t0\n", pid, parent));
  machine.set(folder + "/environ", environment);
}

std::string environment(std::initializer_list<std::string_view> variables) {
  std::string text;
  for (const std::string_view variable : variables) text += std::string(variable) + '\0';
  return text;
}

constexpr const char* kSsh = "SSH_CONNECTION=192.0.2.7 51234 192.0.2.1 22";

TEST(RemoteSession, IsReadFromTheProcess) {
  FakeMachine machine;
  add_process(machine, "self", 812, 700, environment({"HOME=/root", kSsh, "X=y"}));
  const auto session = remote_session(machine.host().files());
  ASSERT_TRUE(session);
  EXPECT_EQ(session->local, "192.0.2.1");
  EXPECT_EQ(session->peer, "192.0.2.7");
  EXPECT_EQ(session->evidence, "SSH_CONNECTION of process 812: 192.0.2.7 to 192.0.2.1");
}

TEST(RemoteSession, IsReadFromTheShellAboveSudo) {
  FakeMachine machine;
  add_process(machine, "self", 812, 811, environment({"SUDO_USER=alice"}));
  add_process(machine, "811", 811, 700, environment({"SUDO_USER=alice"}));
  add_process(machine, "700", 700, 650, environment({"HOME=/home/alice", kSsh}));
  add_process(machine, "650", 650, 1,
              environment({"SSH_CONNECTION=198.51.100.1 1 198.51.100.2 22"}));
  const auto session = remote_session(machine.host().files());
  ASSERT_TRUE(session);
  EXPECT_EQ(session->evidence, "SSH_CONNECTION of process 700: 192.0.2.7 to 192.0.2.1");
}

TEST(RemoteSession, IsMissingBelowInitOrIfProcessesAreUnreadable) {
  FakeMachine machine;
  EXPECT_FALSE(remote_session(machine.host().files())) << "recorded machine";
  add_process(machine, "self", 812, 700, environment({"MY_SSH_CONNECTION=1 2 3 4"}));
  EXPECT_FALSE(remote_session(machine.host().files())) << "its parent has ended";
  add_process(machine, "700", 700, 1, environment({kSsh}));
  machine->unreadable.insert("/proc/700/environ");
  EXPECT_FALSE(remote_session(machine.host().files()));
  add_process(machine, "1", 1, 0, environment({kSsh}));
  EXPECT_FALSE(remote_session(machine.host().files())) << "init has no session";
}

TEST(RemoteSession, EndsIfAProcessIsItsOwnAncestor) {
  FakeMachine machine;
  add_process(machine, "self", 812, 700, "");
  add_process(machine, "700", 700, 812, "");
  add_process(machine, "812", 812, 700, "");
  EXPECT_FALSE(remote_session(machine.host().files()));
}

// 2^32 + 700 must not become 700.
TEST(RemoteSession, DoesNotTruncateTheParentsPid) {
  FakeMachine machine;
  add_process(machine, "self", 812, 700, "");
  machine.set("/proc/self/status", "Name:\tx\nPid:\t812\nPPid:\t4294967996\n");
  add_process(machine, "700", 700, 1, std::string("SSH_CONNECTION=192.0.2.7 1 192.0.2.1 22"));
  EXPECT_FALSE(remote_session(machine.host().files()));
}

TEST(RemoteSession, ParsesIPv4AndIPv6) {
  const auto session = parse_ssh_connection("fe80::1%eth0 51234 2001:db8::1 22");
  ASSERT_TRUE(session);
  EXPECT_EQ(session->peer, "fe80::1%eth0");
  EXPECT_EQ(session->local, "2001:db8::1");
}

TEST(RemoteSession, MalformedTextIsNone) {
  for (const char* text : {"", "192.0.2.7", "192.0.2.7 51234 192.0.2.1", "a b c d",
                           "192.0.2.7 51234 192.0.2.1 22 extra", "192.0.2.7 port 192.0.2.1 22",
                           "192.0.2.7 65536 192.0.2.1 22", "192.0.2.7 51234 192.0.2.1 -1"})
    EXPECT_FALSE(parse_ssh_connection(text)) << text;
}

}  // namespace
}  // namespace tuner
