#include "host/net/egress.h"

#include "host/net/netlink_bytes.h"
#include "support/fake_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::netlink_message;
using testing::Octets;
using testing::raw;

Octets attribute(int type, std::uint32_t value) {
  const rtattr header{.rta_len = 8, .rta_type = static_cast<unsigned short>(type)};
  return raw(header) + raw(value);
}

TcpEnds v4() {
  TcpEnds ends{.family = AF_INET};
  ends.local_address[0] = htonl(0xc0000201);
  ends.peer_address[0] = htonl(0xc0000202);
  return ends;
}

TEST(Egress, TheRequestHasBothAddressesAndTheScope) {
  const auto request = encode_route_request(v4());
  nlmsghdr header{};
  rtmsg question{};
  ASSERT_EQ(request.size(), sizeof header + sizeof question + 16);
  std::memcpy(&header, request.data(), sizeof header);
  std::memcpy(&question, request.data() + sizeof header, sizeof question);
  EXPECT_EQ(header.nlmsg_len, request.size());
  EXPECT_EQ(header.nlmsg_type, RTM_GETROUTE);
  EXPECT_EQ(question.rtm_family, AF_INET);
  EXPECT_EQ(question.rtm_dst_len, 32);
  EXPECT_EQ(encode_route_request({.family = AF_INET6, .scope = 3}).size(),
            sizeof header + sizeof question + 20 + 20 + 8);
}

TEST(Egress, FindsTheInterfaceAmongOtherAttributes) {
  const Octets body = raw(rtmsg{}) + attribute(RTA_TABLE, 254) + attribute(RTA_OIF, 7);
  EXPECT_EQ(*decode_route_reply(netlink_message(RTM_NEWROUTE, body)), 7);
}

TEST(Egress, RefusesAnInterfaceIndexBelowOne) {
  for (const std::uint32_t number : {0U, 0x80000000U}) {
    const Octets body = raw(rtmsg{}) + attribute(RTA_OIF, number);
    EXPECT_FALSE(decode_route_reply(netlink_message(RTM_NEWROUTE, body))) << number;
  }
}

TEST(Egress, KernelErrorsAndMalformedRepliesAreErrors) {
  EXPECT_EQ(decode_route_reply(netlink_message(NLMSG_ERROR, raw(-ENETUNREACH))).error().errno_value,
            ENETUNREACH);
  const Octets whole = netlink_message(RTM_NEWROUTE, raw(rtmsg{}) + attribute(RTA_OIF, 7));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_route_reply(std::span(whole).first(size))) << size;
  }
  EXPECT_THAT(decode_route_reply(netlink_message(RTM_NEWROUTE, raw(rtmsg{}))).error().text,
              HasSubstr("has no interface"));
  EXPECT_THAT(decode_route_reply(netlink_message(RTM_NEWLINK, raw(rtmsg{}))).error().text,
              HasSubstr("unexpected reply"));
  EXPECT_FALSE(decode_route_reply(netlink_message(RTM_NEWROUTE, raw(char{}))));
  EXPECT_FALSE(decode_route_reply(netlink_message(NLMSG_ERROR, {})));
}

TEST(Egress, AVlanOnABondHasTheBondsMembersBelow) {
  testing::FakeMachine machine;
  for (const char* nic : {"eth0", "eth1"})
    machine.set(std::string("/sys/class/net/") + nic + "/ifindex", "2");
  machine.set("/sys/class/net/bond0/lower_eth0", "");
  machine.set("/sys/class/net/bond0/lower_eth1", "");
  machine.set("/sys/class/net/bond0.5/lower_bond0", "");
  const Host host = machine.host();
  EXPECT_THAT(nics_below(host.files(), "bond0.5"), ElementsAre("eth0", "eth1"));
  EXPECT_THAT(nics_below(host.files(), "eth0"), ElementsAre("eth0"));
  EXPECT_THAT(nics_below(host.files(), "gone"), ElementsAre("gone"));
}

TEST(Egress, LinkLoopsEnd) {
  testing::FakeMachine machine;
  machine.set("/sys/class/net/a/lower_b", "");
  machine.set("/sys/class/net/b/lower_a", "");
  const Host host = machine.host();
  EXPECT_LE(nics_below(host.files(), "a").size(), 2U);
}

}  // namespace
}  // namespace tuner
