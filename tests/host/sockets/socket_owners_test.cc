#include "host/sockets/socket_owners.h"

#include "support/temp_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

namespace tuner {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TempFolder;

// A /proc with processes, in files.
class Proc {
 public:
  Proc() { folder_.link("/self/ns/pid", "pid:[4026531836]"); }
  void process(int pid, std::string_view name, std::string_view group) const {
    folder_.write(fmt::format("/{}/comm", pid), fmt::format("{}\n", name));
    folder_.write(fmt::format("/{}/cgroup", pid), fmt::format("0::{}\n", group));
    folder_.make_folder(fmt::format("/{}/fd", pid));
  }
  void descriptor(int pid, int number, std::string_view target) const {
    folder_.link(fmt::format("/{}/fd/{}", pid, number), target);
  }
  const std::string& path() const { return folder_.path(); }
  const TempFolder& folder() const { return folder_; }

 private:
  TempFolder folder_;
};

TEST(SocketOwners, AreFoundByTheirDescriptors) {
  const Proc proc;
  proc.process(7, "sshd", "/system.slice/ssh.service");
  proc.descriptor(7, 0, "/dev/null");
  proc.descriptor(7, 3, "socket:[81]");
  proc.process(812, "nginx", "/system.slice/nginx.service");
  proc.descriptor(812, 3, "socket:[82]");
  proc.descriptor(812, 4, "socket:[83]");
  const auto owners = find_socket_owners(proc.path(), {82, 83});
  ASSERT_TRUE(owners) << owners.error().text;
  ASSERT_THAT(owners->processes, SizeIs(1));
  EXPECT_EQ(owners->processes[0].pid, 812);
  EXPECT_EQ(owners->processes[0].name, "nginx");
  EXPECT_EQ(owners->processes[0].control_group, "/system.slice/nginx.service");
  EXPECT_EQ(owners->of_inode.at(82), 0U);
  EXPECT_EQ(owners->of_inode.at(83), 0U);
  EXPECT_TRUE(owners->complete());
}

TEST(SocketOwners, TheLowestProcessCountsIfSeveralHoldASocket) {
  const Proc proc;
  for (const int pid : {11, 9, 100}) {
    proc.process(pid, fmt::format("p{}", pid), "/");
    proc.descriptor(pid, 3, "socket:[5]");
  }
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->processes.at(owners->of_inode.at(5)).pid, 9);
}

TEST(SocketOwners, ASocketWithoutAProcessIsMissingFromACompleteSearch) {
  const Proc proc;
  proc.process(7, "sshd", "/");
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_THAT(owners->of_inode, IsEmpty());
  EXPECT_TRUE(owners->complete());
}

// Links that look like sockets and are none.
TEST(SocketOwners, OnlyALinkOfTheKernelsFormIsASocket) {
  const Proc proc;
  proc.process(7, "liar", "/");
  int number = 0;
  for (const std::string_view target :
       {"socket:[5", "socket:[]", "socket:[ 5]", "socket:[+5]", "socket:[5]x", "/socket:[5]",
        "socket:[99999999999999999999999]", "SOCKET:[5]"})
    proc.descriptor(7, number++, target);
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_THAT(owners->of_inode, IsEmpty());
}

TEST(SocketOwners, ANameMayHoldAnyByte) {
  const Proc proc;
  proc.process(7, "a\n\x1b[31m", "/");
  proc.descriptor(7, 3, "socket:[5]");
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->processes.at(0).name, "a\n\x1b[31m");
}

TEST(SocketOwners, AProcessIsIdentifiedByItsStart) {
  const Proc proc;
  proc.process(7, "nginx", "/");
  proc.folder().write("/7/stat",
                      "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2\n");
  proc.descriptor(7, 3, "socket:[5]");
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->processes.at(0).identity, (ProcessIdentity{.pid = 7, .start = 98765}));
}

TEST(SocketOwners, AProcessThatEndedIsNoFailure) {
  const Proc proc;
  proc.folder().make_folder("/7");  // without fd, as if it ended between the two calls
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_TRUE(owners->complete());
}

TEST(SocketOwners, WhatEndsAfterItsSocketsWereSeenHasNoName) {
  const Proc proc;
  proc.folder().link("/7/fd/3", "socket:[5]");
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->processes.at(0).pid, 7);
  EXPECT_EQ(owners->processes.at(0).name, "");
  EXPECT_EQ(owners->processes.at(0).identity, std::nullopt);
}

TEST(SocketOwners, AnUnreadableProcessDoesNotMatterOnceEachSocketHasItsOwner) {
  const Proc proc;
  proc.process(7, "private", "/");
  proc.process(9, "nginx", "/");
  proc.descriptor(9, 3, "socket:[5]");
  ASSERT_EQ(::chmod(proc.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((proc.path() + "/7/fd").c_str(), 0), 0);
  const uid_t user = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) {  // who may read every folder
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_EQ(::seteuid(user), 0);
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->unreadable, 0U);
  EXPECT_TRUE(owners->complete());
}

TEST(SocketOwners, UnreadableProcessesLeaveTheSearchIncomplete) {
  const Proc proc;
  proc.process(7, "private", "/");
  ASSERT_EQ(::chmod(proc.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((proc.path() + "/7/fd").c_str(), 0), 0);
  const uid_t user = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) {  // who may read every folder
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_EQ(::seteuid(user), 0);
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->unreadable, 1U);
  EXPECT_FALSE(owners->complete());
}

TEST(SocketOwners, InAnotherPidNamespaceNotAllAreVisible) {
  const Proc proc;
  ASSERT_EQ(::unlink((proc.path() + "/self/ns/pid").c_str()), 0);
  proc.folder().link("/self/ns/pid", "pid:[4026532201]");
  const auto owners = find_socket_owners(proc.path(), {5});
  ASSERT_TRUE(owners);
  EXPECT_FALSE(owners->all_visible);
  EXPECT_FALSE(owners->complete());
}

TEST(SocketOwners, LimitsAreSaid) {
  const Proc proc;
  for (const int pid : {1, 2, 3}) {
    proc.process(pid, "p", "/");
    for (int number = 0; number < 10; ++number)
      proc.descriptor(pid, number, fmt::format("socket:[{}]", 100 * pid + number));
  }
  OwnerLimits limits;
  limits.processes = 2;
  auto owners = find_socket_owners(proc.path(), {309}, limits);
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->not_looked_at, 1U);
  EXPECT_FALSE(owners->complete());
  limits = {};
  limits.descriptors = 5;
  EXPECT_EQ(find_socket_owners(proc.path(), {309}, limits)->not_looked_at, 2U);
  limits = {};
  limits.until = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(find_socket_owners(proc.path(), {309}, limits)->not_looked_at, 3U);
}

TEST(SocketOwners, TheSearchEndsWhenAllAreFound) {
  const Proc proc;
  for (const int pid : {1, 2}) {
    proc.process(pid, "p", "/");
    proc.descriptor(pid, 0, "socket:[5]");
  }
  OwnerLimits limits;
  limits.processes = 1;
  const auto owners = find_socket_owners(proc.path(), {5}, limits);
  ASSERT_TRUE(owners);
  EXPECT_EQ(owners->not_looked_at, 0U) << "nothing is missing";
}

TEST(SocketOwners, WithoutProcItIsAnError) {
  const auto owners = find_socket_owners("/nowhere", {5});
  ASSERT_FALSE(owners);
  EXPECT_EQ(owners.error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace tuner
