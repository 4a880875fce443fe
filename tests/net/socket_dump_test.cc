#include "host/net/socket_dump.h"

#include "base/interrupted.h"
#include "host/files/file_tree.h"
#include "host/sockets/collect.h"
#include "host/sockets/net_namespaces.h"
#include "host/sockets/socket_nics.h"
#include "net/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace tuner {
namespace {

using ::testing::SizeIs;

constexpr std::uint8_t kEstablished = 1;
constexpr std::uint8_t kListen = 10;

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(10);
}

// A TCP connection over loopback, and its listener.
struct Connection {
  UniqueFd listener, near, far;
};

Connection connection() {
  Connection made;
  made.listener = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  made.near = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  auto* const address = reinterpret_cast<sockaddr*>(&place);
  EXPECT_EQ(::bind(made.listener.get(), address, sizeof place), 0);
  EXPECT_EQ(::listen(made.listener.get(), 1), 0);
  EXPECT_EQ(::getsockname(made.listener.get(), address, &size), 0);
  EXPECT_EQ(::connect(made.near.get(), address, sizeof place), 0) << std::strerror(errno);
  made.far = UniqueFd(::accept4(made.listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  EXPECT_TRUE(made.far);
  return made;
}

std::uint64_t inode(const UniqueFd& socket) {
  struct stat about {};
  EXPECT_EQ(::fstat(socket.get(), &about), 0);
  return about.st_ino;
}

std::vector<DiagSocket> dumped(int diagnostics, std::uint32_t states) {
  std::vector<DiagSocket> sockets;
  const auto changed = dump_sockets(diagnostics, AF_INET, states, soon(),
                                    [&](const DiagSocket& socket) { sockets.push_back(socket); });
  EXPECT_TRUE(changed) << changed.error().text;
  return sockets;
}

class SocketDump : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string& reason = testing::enter_namespace(); !reason.empty())
      GTEST_SKIP() << reason;
  }
};

TEST_F(SocketDump, HasTheConnectionsOfThisNamespace) {
  const auto diagnostics = open_diagnostics();
  ASSERT_TRUE(diagnostics);
  EXPECT_THAT(dumped(diagnostics->get(), kCarryingData), SizeIs(0));
  const Connection made = connection();
  ASSERT_EQ(::write(made.near.get(), "12345", 5), 5);
  const auto sockets = dumped(diagnostics->get(), kCarryingData);
  ASSERT_THAT(sockets, SizeIs(2)) << "not the listener";
  for (const DiagSocket& socket : sockets) {
    EXPECT_EQ(socket.state, kEstablished);
    EXPECT_TRUE(socket.for_admin);
    EXPECT_TRUE(socket.inode == inode(made.near) || socket.inode == inode(made.far));
    if (socket.inode == inode(made.far)) {
      EXPECT_EQ(socket.bytes_received, 5U);
    }
    const TcpEnds ends =
        tcp_ends(socket.inode == inode(made.near) ? made.near.get() : made.far.get()).value();
    EXPECT_EQ(socket.ends.local_port, ends.local_port);
    EXPECT_EQ(socket.ends.peer_port, ends.peer_port);
  }
}

TEST_F(SocketDump, HasListenersIfTheyAreAskedFor) {
  const auto diagnostics = open_diagnostics();
  ASSERT_TRUE(diagnostics);
  const Connection made = connection();
  const auto sockets = dumped(diagnostics->get(), kListening);
  ASSERT_THAT(sockets, SizeIs(1));
  EXPECT_EQ(sockets.front().state, kListen);
  EXPECT_EQ(sockets.front().inode, inode(made.listener));
}

TEST_F(SocketDump, AFamilyThatTheKernelDoesNotHaveIsAnError) {
  const auto diagnostics = open_diagnostics();
  ASSERT_TRUE(diagnostics);
  const auto answer =
      dump_sockets(diagnostics->get(), 255, kCarryingData, soon(), [](const DiagSocket&) {});
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().text.empty());
}

TEST_F(SocketDump, NoTimeLeftIsAnErrorAndNoShortList) {
  const auto diagnostics = open_diagnostics();
  ASSERT_TRUE(diagnostics);
  std::vector<Connection> many;
  for (int number = 0; number < 100; ++number) many.push_back(connection());
  std::size_t seen = 0;
  const auto answer = dump_sockets(diagnostics->get(), AF_INET, kCarryingData,
                                   std::chrono::steady_clock::now() - std::chrono::seconds(1),
                                   [&](const DiagSocket&) { ++seen; });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::TimedOut);
  EXPECT_LT(seen, 200U);
}

TEST_F(SocketDump, TheRouteGivesTheInterface) {
  const Connection made = connection();
  NetNamespace here{.name = "here", .own = true, .handle = UniqueFd()};
  const auto sockets = open_sockets_in(here);
  ASSERT_TRUE(sockets);
  SocketNics nics(sockets->routes.get(), sockets->names.get(), soon());
  EXPECT_EQ(nics.nic(tcp_ends(made.near.get()).value()).value(), "lo");
  TcpEnds outside{
      .family = AF_INET, .local_address = {htonl(0xC0000201)}, .peer_address = {htonl(0xC000024D)}};
  EXPECT_EQ(nics.nic(outside).value(), "tst0");
  SocketNics none(sockets->routes.get(), sockets->names.get(), soon(), 0);
  EXPECT_EQ(none.nic(outside).error().fault, Fault::Refused) << "not looked at is no route";
}

// The sockets stay in their namespace when this process is back in its own.
TEST_F(SocketDump, AnotherNamespaceIsEnteredForItsSocketsOnly) {
  const Connection made = connection();
  UniqueFd old = open_fd("/proc/self/ns/net", O_RDONLY);
  ASSERT_EQ(::unshare(CLONE_NEWNET), 0) << std::strerror(errno);
  const auto of_new = open_diagnostics();
  ASSERT_TRUE(of_new);
  EXPECT_THAT(dumped(of_new->get(), kCarryingData), SizeIs(0));
  const NetNamespace other{.name = "other", .own = false, .handle = UniqueFd(::dup(old.get()))};
  {
    const auto sockets = open_sockets_in(other);
    ASSERT_TRUE(sockets) << sockets.error().text;
    EXPECT_THAT(dumped(sockets->diagnostics.get(), kCarryingData), SizeIs(2));
    const auto here = open_diagnostics();
    EXPECT_THAT(dumped(here->get(), kCarryingData), SizeIs(0)) << "back in the new namespace";
  }
  ASSERT_EQ(::setns(old.get(), CLONE_NEWNET), 0);
}

TEST_F(SocketDump, PlainConnectionsAreCountedAndNotListed) {
  const Connection made = connection();
  const auto found =
      collect_tls_sockets(*local_file_tree(), {.all_spaces = false, .until = soon()});
  ASSERT_TRUE(found) << found.error().text;
  ASSERT_THAT(found->spaces, SizeIs(1));
  EXPECT_EQ(found->spaces[0].tcp_sockets, 2U);
  EXPECT_TRUE(found->spaces[0].sees_tls);
  EXPECT_TRUE(found->sockets.empty());
}

}  // namespace
}  // namespace tuner
