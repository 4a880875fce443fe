#include "host/net/netlink_request.h"

#include "base/handle.h"
#include "host/net/netlink_bytes.h"

#include <climits>
#include <gtest/gtest.h>

#include <sys/socket.h>

#include <cerrno>
#include <chrono>

namespace tuner {
namespace {

using testing::netlink_message;
using testing::Octets;
using testing::raw;

TEST(NetlinkQuestion, TheBodyFollowsTheHeader) {
  const Octets datagram = netlink_message(24, raw(std::uint32_t{7}));
  const auto answer = read_reply(datagram, "ask");
  ASSERT_TRUE(answer) << answer.error().text;
  EXPECT_EQ(answer->type, 24);
  ASSERT_EQ(answer->body.size(), 4U);
  EXPECT_EQ(load<std::uint32_t>(answer->body), 7U);
}

TEST(NetlinkQuestion, RefusesAMessageTruncatedAtAnyLength) {
  const Octets whole = netlink_message(24, raw(std::uint32_t{7}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const auto answer = read_reply(part, "ask");
    ASSERT_FALSE(answer) << size;
    EXPECT_EQ(answer.error().fault, Fault::Invalid) << size;
  }
}

TEST(NetlinkQuestion, AnErrorMessageHasTheFaultOfItsErrno) {
  const struct {
    Octets body;
    Fault fault;
    const char* text;
  } cases[] = {
      {raw(-ENOENT), Fault::NotFound, "ask: No such file or directory"},
      {raw(-EPERM), Fault::NotPermitted, "ask: Operation not permitted"},
      {raw(0), Fault::Invalid, "ask: acknowledgement without a reply"},
      {raw(1), Fault::Invalid, "ask: error message with invalid errno 1"},
      {raw(INT_MIN), Fault::Invalid, "ask: error message with invalid errno -2147483648"},
      {Octets(2), Fault::Invalid, "ask: truncated error message"},
  };
  for (const auto& one : cases) {
    const Octets datagram = netlink_message(NLMSG_ERROR, one.body);
    const auto answer = read_reply(datagram, "ask");
    ASSERT_FALSE(answer) << one.text;
    EXPECT_EQ(answer.error().fault, one.fault) << one.text;
    EXPECT_EQ(answer.error().text, one.text);
  }
}

TEST(NetlinkQuestion, AnUnknownProtocolIsAnError) {
  const auto answer = request_netlink(1000, {}, "ask");
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().text.starts_with("ask: ")) << answer.error().text;
}

TEST(AwaitReply, TimesOutWithoutAReply) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd ours(ends[0]);
  const UniqueFd kernels(ends[1]);
  const auto began = std::chrono::steady_clock::now();
  const auto silent = await_reply(ours.get(), began + std::chrono::milliseconds(30), "ask");
  const auto took = std::chrono::steady_clock::now() - began;
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().fault, Fault::TimedOut);
  EXPECT_EQ(silent.error().text, "ask: the kernel did not answer");
  EXPECT_GE(took, std::chrono::milliseconds(30));
  EXPECT_LT(took, std::chrono::seconds(2));
  ASSERT_EQ(::send(kernels.get(), "x", 1, 0), 1);
  EXPECT_TRUE(await_reply(ours.get(), began, "ask")) << "data that is there needs no waiting";
}

}  // namespace
}  // namespace tuner
