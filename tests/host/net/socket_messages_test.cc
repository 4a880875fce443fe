#include "host/net/socket_messages.h"

#include "host/net/netlink_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace tuner {
namespace {

using testing::attribute;
using testing::netlink_message;
using testing::Octets;
using testing::raw;

constexpr std::uint8_t kEstablished = 1;  // TCP_ESTABLISHED

Octets text(std::string_view word) {
  const auto* start = reinterpret_cast<const std::byte*>(word.data());
  return Octets(start, start + word.size()) + Octets(1, std::byte{0});
}

Octets number(int type, std::uint16_t value) {
  return attribute(type, raw(value));
}

// What Linux sends of a socket whose transmit side is in the kernel: nests without NLA_F_NESTED.
Octets attributes(std::uint64_t sent = 5000) {
  tcp_info info{};
  info.tcpi_bytes_acked = sent;
  info.tcpi_bytes_received = 70;
  const Octets keys = number(1, 0x0304) + number(2, 52) + number(3, 2) + number(4, 1);
  return attribute(INET_DIAG_SHUTDOWN, Octets(1)) + attribute(INET_DIAG_INFO, raw(info)) +
         attribute(INET_DIAG_MARK, Octets(4)) +
         attribute(INET_DIAG_ULP_INFO, attribute(INET_ULP_INFO_NAME, text("tls")) +
                                           attribute(INET_ULP_INFO_TLS, keys)) +
         attribute(INET_DIAG_CGROUP_ID, raw(std::uint64_t{4711}));
}

inet_diag_msg head(std::uint32_t number = 1) {
  inet_diag_msg message{};
  message.idiag_family = AF_INET;
  message.idiag_state = kEstablished;
  message.idiag_uid = 33;
  message.idiag_inode = 1000 + number;
  message.id.idiag_sport = htons(443);
  message.id.idiag_dport = htons(50000);
  message.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
  message.id.idiag_dst[0] = htonl(0xC0000200U + number);
  message.id.idiag_cookie[0] = number;
  message.id.idiag_cookie[1] = 1;
  return message;
}

Octets socket_message(std::uint32_t number = 1, int flags = NLM_F_MULTI) {
  return netlink_message(SOCK_DIAG_BY_FAMILY, raw(head(number)) + attributes(), flags);
}

Octets end(int error = 0) {
  return netlink_message(NLMSG_DONE, raw(error), NLM_F_MULTI);
}

struct Decoded {
  Result<DumpProgress> progress;
  std::vector<DiagSocket> sockets;
};

Decoded decoded(const Octets& buffer) {
  std::vector<DiagSocket> sockets;
  auto progress =
      decode_socket_messages(buffer, [&](const DiagSocket& socket) { sockets.push_back(socket); });
  return {.progress = std::move(progress), .sockets = std::move(sockets)};
}

TEST(SocketMessages, DecodeASocket) {
  const auto [progress, sockets] = decoded(socket_message() + end());
  ASSERT_TRUE(progress) << progress.error().text;
  EXPECT_TRUE(progress->done);
  EXPECT_FALSE(progress->changed);
  ASSERT_EQ(sockets.size(), 1U);
  const DiagSocket& socket = sockets.front();
  EXPECT_EQ(socket.ends.family, AF_INET);
  EXPECT_EQ(ntohs(socket.ends.local_port), 443);
  EXPECT_EQ(ntohs(socket.ends.peer_port), 50000);
  EXPECT_EQ(ntohl(socket.ends.peer_address[0]), 0xC0000201U);
  EXPECT_EQ(socket.state, kEstablished);
  EXPECT_EQ(socket.uid, 33U);
  EXPECT_EQ(socket.inode, 1001U);
  EXPECT_EQ(socket.cookie, 0x100000001U);
  EXPECT_EQ(socket.bytes_sent, 5000U);
  EXPECT_EQ(socket.bytes_received, 70U);
  EXPECT_EQ(socket.control_group, 4711U);
  EXPECT_TRUE(socket.for_admin);
  EXPECT_EQ(socket.ulp,
            (SocketUlp{.name = "tls", .version = 0x0304, .cipher = 52, .txconf = 2, .rxconf = 1}));
}

TEST(SocketMessages, WithoutAttributesNothingIsClaimed) {
  const auto [progress, sockets] =
      decoded(netlink_message(SOCK_DIAG_BY_FAMILY, raw(head()) + attribute(99, Octets(3))));
  ASSERT_TRUE(progress);
  EXPECT_FALSE(progress->done) << "the end comes in a later buffer";
  ASSERT_EQ(sockets.size(), 1U);
  EXPECT_EQ(sockets.front().bytes_sent, std::nullopt);
  EXPECT_EQ(sockets.front().control_group, std::nullopt);
  EXPECT_FALSE(sockets.front().for_admin);
  EXPECT_EQ(sockets.front().ulp, SocketUlp{});
}

// tcp_info of a kernel that knows bytes_acked but ends before bytes_received.
TEST(SocketMessages, AShortTcpInfoLeavesOutWhatItDoesNotHave) {
  const Octets info(offsetof(tcp_info, tcpi_bytes_received) + 4, std::byte{1});
  const auto [progress, sockets] =
      decoded(netlink_message(SOCK_DIAG_BY_FAMILY, raw(head()) + attribute(INET_DIAG_INFO, info)));
  ASSERT_TRUE(progress);
  EXPECT_EQ(sockets.front().bytes_sent, 0x0101010101010101U);
  EXPECT_EQ(sockets.front().bytes_received, std::nullopt);
}

TEST(SocketMessages, ManyInOneBuffer) {
  const auto [progress, sockets] =
      decoded(socket_message(1) + socket_message(2) + socket_message(3));
  ASSERT_TRUE(progress);
  EXPECT_FALSE(progress->done);
  ASSERT_EQ(sockets.size(), 3U);
  EXPECT_EQ(sockets.back().cookie, 0x100000003U);
}

TEST(SocketMessages, NothingAfterTheEndCounts) {
  const auto [progress, sockets] = decoded(end() + socket_message());
  ASSERT_TRUE(progress);
  EXPECT_TRUE(progress->done);
  EXPECT_TRUE(sockets.empty());
}

TEST(SocketMessages, AnInterruptedDumpIsSaidToBe) {
  EXPECT_TRUE(decoded(socket_message(1, NLM_F_MULTI | NLM_F_DUMP_INTR)).progress->changed);
  EXPECT_TRUE(decoded(netlink_message(NLMSG_DONE, raw(0), NLM_F_MULTI | NLM_F_DUMP_INTR))
                  .progress->changed);
}

TEST(SocketMessages, TheEndMayHaveAnError) {
  const auto answer = decoded(socket_message() + end(-EPERM));
  ASSERT_FALSE(answer.progress);
  EXPECT_EQ(answer.progress.error().fault, Fault::NotPermitted);
  EXPECT_EQ(answer.sockets.size(), 1U) << "what came before was given";
}

TEST(SocketMessages, AKernelWithoutTcpDiagIsNotFound) {
  const auto answer = decoded(netlink_message(NLMSG_ERROR, raw(-ENOENT)));
  ASSERT_FALSE(answer.progress);
  EXPECT_EQ(answer.progress.error().fault, Fault::NotFound);
}

TEST(SocketMessages, LostDataIsNoEnd) {
  const auto answer = decoded(netlink_message(NLMSG_OVERRUN, {}) + end());
  ASSERT_FALSE(answer.progress);
  EXPECT_EQ(answer.progress.error().fault, Fault::Io);
}

TEST(SocketMessages, WhatIsNoSocketIsInvalid) {
  for (const auto& bytes :
       {netlink_message(4242, raw(head())), netlink_message(SOCK_DIAG_BY_FAMILY, Octets(71)),
        netlink_message(NLMSG_DONE, Octets(2)), end(7), end(-5000),
        netlink_message(NLMSG_ERROR, raw(0))}) {
    const auto answer = decoded(bytes);
    ASSERT_FALSE(answer.progress);
    EXPECT_EQ(answer.progress.error().fault, Fault::Invalid);
    EXPECT_TRUE(answer.sockets.empty());
  }
}

// A length that does not fit is an error, and no socket gets the bytes of another one.
TEST(SocketMessages, ALyingLengthIsInvalid) {
  const Octets whole = socket_message(1) + socket_message(2) + end();
  for (const std::uint32_t length : {0U, 3U, 15U, 87U, 89U, 100'000U, 0xFFFFFFFFU}) {
    Octets lying = whole;
    std::memcpy(lying.data(), &length, sizeof length);
    const auto answer = decoded(lying);
    ASSERT_FALSE(answer.progress) << length;
    EXPECT_EQ(answer.progress.error().fault, Fault::Invalid) << length;
    for (const DiagSocket& socket : answer.sockets) EXPECT_EQ(socket.ulp, SocketUlp{}) << length;
  }
}

// Cut anywhere, a buffer is an error or ends after a whole message; it has no end then.
TEST(SocketMessages, TruncatedBuffersAreNeverMisread) {
  const Octets one = socket_message(1);
  const Octets whole = one + socket_message(2) + end();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto answer = decoded(cut);
    const bool between = size == 0 || size == one.size() || size == 2 * one.size();
    ASSERT_EQ(answer.progress.has_value(), between) << size;
    if (answer.progress) {
      EXPECT_FALSE(answer.progress->done) << size;
    }
    EXPECT_EQ(answer.sockets.size(), size / one.size()) << size;
  }
}

// A message that says truly how short it is may still have cut attributes in it.
TEST(SocketMessages, CutAttributesAreInvalid) {
  const Octets body = raw(head()) + attributes();
  for (std::size_t size = 0; size < body.size(); ++size) {
    const Octets cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    for (const DiagSocket& socket : decoded(netlink_message(SOCK_DIAG_BY_FAMILY, cut)).sockets)
      EXPECT_TRUE(socket.ulp.name.empty() || socket.ulp.cipher == 52) << size;
  }
}

TEST(SocketMessages, TheRequestAsksForAllSocketsInTheseStates) {
  const auto bytes = encode_dump_request(AF_INET6, kCarryingData);
  ASSERT_EQ(bytes.size(), 72U);
  nlmsghdr header{};
  inet_diag_req_v2 request{};
  std::memcpy(&header, bytes.data(), sizeof header);
  std::memcpy(&request, bytes.data() + sizeof header, sizeof request);
  EXPECT_EQ(header.nlmsg_len, bytes.size());
  EXPECT_EQ(header.nlmsg_type, SOCK_DIAG_BY_FAMILY);
  EXPECT_EQ(header.nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
  EXPECT_EQ(request.sdiag_family, AF_INET6);
  EXPECT_EQ(request.sdiag_protocol, IPPROTO_TCP);
  EXPECT_EQ(request.idiag_ext, 1U << (INET_DIAG_INFO - 1));
  EXPECT_EQ(request.idiag_states, 0xB32U);
}

// As a busy host sends them, in buffers of 32 KiB. Time of this process alone: another one may be
// busy.
TEST(SocketMessages, AHundredThousandTakeLessThanASecond) {
  constexpr std::uint32_t kMany = 100'000;
  Octets buffer;
  for (std::uint32_t number = 0; number < 70; ++number) buffer = buffer + socket_message(number);
  std::uint64_t sent = 0, count = 0;
  const std::clock_t began = std::clock();
  while (count < kMany) {
    const auto progress = decode_socket_messages(buffer, [&](const DiagSocket& socket) {
      sent += socket.bytes_sent.value_or(0);
      count += socket.ulp.name == "tls" ? 1 : 0;
    });
    ASSERT_TRUE(progress);
  }
  const auto took = std::clock() - began;
  EXPECT_EQ(sent, count * 5000);
  EXPECT_LT(took, CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace tuner
