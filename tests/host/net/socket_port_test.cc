#include "host/net/socket_port.h"

#include "host/net/netlink_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

using testing::attribute;
using testing::netlink_message;
using testing::Octets;
using testing::raw;

Octets text(std::string_view word) {
  const auto* start = reinterpret_cast<const std::byte*>(word.data());
  return Octets(start, start + word.size());
}

Octets number(int type, std::uint16_t value) {
  return attribute(type, raw(value));
}

Octets reply(const Octets& attributes) {
  return netlink_message(SOCK_DIAG_BY_FAMILY, raw(inet_diag_msg{}) + attributes);
}

Octets ulp(const Octets& nest) {
  return attribute(INET_DIAG_ULP_INFO | NLA_F_NESTED, nest);
}

Octets name(std::string_view word) {
  return attribute(INET_ULP_INFO_NAME, text(word) + Octets(1, std::byte{0}));
}

Octets tls(const Octets& nest) {
  return attribute(INET_ULP_INFO_TLS | NLA_F_NESTED, nest);
}

const Octets kTransmitOnly =
    number(1, 0x0304) + number(2, 52) + number(3, 2) + number(4, 1);  // TLS 1.3, sw, base

TEST(SocketPort, DecodesTlsInformation) {
  const auto answer = decode_ulp_reply(reply(ulp(name("tls") + tls(kTransmitOnly))));
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(*answer,
            (SocketUlp{.name = "tls", .version = 0x0304, .cipher = 52, .txconf = 2, .rxconf = 1}));
}

TEST(SocketPort, AReplyWithoutUlpHasNoName) {
  const auto answer = decode_ulp_reply(reply(attribute(INET_DIAG_INFO, Octets(232))));
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, SocketUlp{});
}

TEST(SocketPort, AUlpWithoutKeysHasAName) {
  const auto answer = decode_ulp_reply(reply(ulp(name("tls"))));
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, SocketUlp{.name = "tls"});
}

TEST(SocketPort, IgnoresUnknownAttributes) {
  const auto extra = attribute(99, Octets(7, std::byte{0xff}));
  const auto zero_copy = attribute(5, {});  // TLS_INFO_ZC_RO_TX: a flag, no payload
  const auto answer = decode_ulp_reply(
      reply(extra + ulp(extra + name("tls") + tls(zero_copy + kTransmitOnly + extra)) + extra));
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->name, "tls");
  EXPECT_EQ(answer->cipher, 52);
}

TEST(SocketPort, DecodesWhatNewerKernelsAdd) {
  const auto extras = attribute(5, {}) + attribute(6, {}) + number(7, 8192);
  const auto answer = decode_ulp_reply(reply(ulp(name("tls") + tls(kTransmitOnly + extras))));
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_TRUE(answer->zero_copy_sendfile);
  EXPECT_TRUE(answer->rx_no_pad);
  EXPECT_EQ(answer->tx_max_payload, 8192);
}

TEST(SocketPort, ATruncatedNumberIsZero) {
  const auto answer =
      decode_ulp_reply(reply(ulp(name("tls") + tls(attribute(3, Octets(1, std::byte{2}))))));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->txconf, 0);
}

TEST(SocketPort, ReadsANameWithoutNul) {
  const auto answer = decode_ulp_reply(reply(ulp(attribute(INET_ULP_INFO_NAME, text("mptcp")))));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->name, "mptcp");
}

// A reply truncated anywhere, with or without a corrected length in its header, is a reply or an
// error. It never crashes and never has a txconf or rxconf that the whole reply did not have.
TEST(SocketPort, TruncatedRepliesAreNeverMisread) {
  const Octets whole = reply(ulp(name("tls") + tls(kTransmitOnly)));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Octets cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto told_longer = decode_ulp_reply(cut);
    ASSERT_FALSE(told_longer) << size;
    EXPECT_EQ(told_longer.error().fault, Fault::Invalid) << size;
    if (size < sizeof(nlmsghdr)) continue;
    const auto length = static_cast<__u32>(size);
    std::memcpy(cut.data(), &length, sizeof length);
    const auto told_right = decode_ulp_reply(cut);
    // Truncated before the first attribute, it is a valid reply without attributes.
    constexpr std::size_t kBare = sizeof(nlmsghdr) + sizeof(inet_diag_msg);
    ASSERT_EQ(told_right.has_value(), size >= kBare && size < kBare + NLA_HDRLEN) << size;
    EXPECT_EQ(told_right.value_or(SocketUlp{}), SocketUlp{}) << size;
  }
}

TEST(SocketPort, AnAttributeShorterThanItsHeaderIsInvalid) {
  const auto answer = decode_ulp_reply(reply(raw(nlattr{.nla_len = 3, .nla_type = 1})));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::Invalid);
}

TEST(SocketPort, ReturnsTheKernelsError) {
  const auto answer = decode_ulp_reply(netlink_message(NLMSG_ERROR, raw(-ENOENT)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::NotFound);
  EXPECT_EQ(answer.error().errno_value, ENOENT);
}

TEST(SocketPort, AnUnexpectedReplyIsInvalid) {
  for (const auto& bytes :
       {netlink_message(NLMSG_DONE, raw(0)), netlink_message(NLMSG_ERROR, raw(0)),
        netlink_message(NLMSG_ERROR, Octets(2)), netlink_message(SOCK_DIAG_BY_FAMILY, {})}) {
    const auto answer = decode_ulp_reply(bytes);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().fault, Fault::Invalid);
  }
}

TEST(SocketPort, TheRequestHasTheSocketAndAsksForInetDiagInfo) {
  const TcpEnds ends{.family = AF_INET,
                     .local_port = htons(4433),
                     .peer_port = htons(50000),
                     .local_address = {htonl(INADDR_LOOPBACK)},
                     .peer_address = {htonl(INADDR_LOOPBACK)},
                     .scope = 7};
  const auto bytes = encode_ulp_request(ends);
  ASSERT_EQ(bytes.size(), sizeof(nlmsghdr) + sizeof(inet_diag_req_v2));
  nlmsghdr header{};
  inet_diag_req_v2 request{};
  std::memcpy(&header, bytes.data(), sizeof header);
  std::memcpy(&request, bytes.data() + sizeof header, sizeof request);
  EXPECT_EQ(header.nlmsg_len, bytes.size());
  EXPECT_EQ(header.nlmsg_flags, NLM_F_REQUEST);  // one socket, not a dump
  EXPECT_EQ(request.sdiag_protocol, IPPROTO_TCP);
  EXPECT_EQ(request.idiag_ext, 1U << (INET_DIAG_INFO - 1));
  EXPECT_EQ(ntohs(request.id.idiag_sport), 4433);
  EXPECT_EQ(ntohs(request.id.idiag_dport), 50000);
  EXPECT_EQ(request.id.idiag_if, 7U);
  EXPECT_EQ(request.id.idiag_cookie[0], INET_DIAG_NOCOOKIE);
}

TEST(SocketPort, AUnixSocketHasNoTcpEnds) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const auto ends = tcp_ends(pair[0]);
  ::close(pair[0]);
  ::close(pair[1]);
  ASSERT_FALSE(ends);
  EXPECT_EQ(ends.error().fault, Fault::Invalid);
}

TEST(SocketPort, ABadDescriptorReturnsTheKernelsError) {
  EXPECT_EQ(tcp_ends(-1).error().errno_value, EBADF);
}

TEST(SocketPort, NumbersHaveTheNamesOfTheContract) {
  EXPECT_EQ(tls_info_version(0x0303), "TLSv1.2");
  EXPECT_EQ(tls_info_version(0x0304), "TLSv1.3");
  EXPECT_EQ(tls_info_version(0x0305), "0x0305");
  EXPECT_EQ(tls_info_version(0), "");
  EXPECT_EQ(tls_info_cipher(51), "AES-128-GCM");
  EXPECT_EQ(tls_info_cipher(54), "CHACHA20-POLY1305");
  EXPECT_EQ(tls_info_cipher(99), "99");
  EXPECT_EQ(tls_info_cipher(0), "");
  EXPECT_EQ(tls_info_conf(1), "base");
  EXPECT_EQ(tls_info_conf(2), "sw");
  EXPECT_EQ(tls_info_conf(3), "hw");
  EXPECT_EQ(tls_info_conf(9), "9");
  EXPECT_EQ(tls_info_conf(0), "");
}

}  // namespace
}  // namespace tuner
