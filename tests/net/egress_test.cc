#include "host/net/egress.h"

#include "base/handle.h"
#include "host/files/file_tree.h"
#include "host/net/nic_statistics.h"
#include "net/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A connected datagram socket: it needs no listening peer, and has a route.
UniqueFd connected(const char* address) {
  UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(9);
  EXPECT_EQ(::inet_pton(AF_INET, address, &peer.sin_addr), 1);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer), 0);
  return socket;
}

UniqueFd connected6(const char* address) {
  UniqueFd socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 peer{};
  peer.sin6_family = AF_INET6;
  peer.sin6_port = htons(9);
  EXPECT_EQ(::inet_pton(AF_INET6, address, &peer.sin6_addr), 1);
  EXPECT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer), 0);
  return socket;
}

class EgressInterface : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string& reason = testing::enter_namespace(); !reason.empty())
      GTEST_SKIP() << reason;
  }
};

TEST_F(EgressInterface, IsTheOutputInterfaceOfTheRoute) {
  EXPECT_EQ(*egress_interface(connected("192.0.2.77").get()), "tst0");
  EXPECT_EQ(*egress_interface(connected("203.0.113.9").get()), "tst0") << "by the default route";
  EXPECT_EQ(*egress_interface(connected("192.0.2.1").get()), "lo") << "address of this machine";
  EXPECT_EQ(*egress_interface(connected("127.0.0.1").get()), "lo");
}

TEST_F(EgressInterface, WorksForIPv6) {
  ASSERT_TRUE(testing::run("ip address add 2001:db8::1/64 dev tst0 nodad"));
  EXPECT_EQ(*egress_interface(connected6("2001:db8::77").get()), "tst0");
  EXPECT_EQ(*egress_interface(connected6("::1").get()), "lo");
}

// Two uplinks and a routing rule for the source: the request must have the source address.
TEST_F(EgressInterface, FollowsARoutingRuleForTheSource) {
  ASSERT_TRUE(testing::run("ip link add via0 type veth peer name via1"));
  ASSERT_TRUE(testing::run("ip address add 198.51.100.1/24 dev via0"));
  ASSERT_TRUE(testing::run("ip link set via0 up") && testing::run("ip link set via1 up"));
  ASSERT_TRUE(testing::run("ip route add default dev via0 table 77"));
  ASSERT_TRUE(testing::run("ip rule add from 198.51.100.1 table 77"));
  UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(0xc6336401);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
  sockaddr_in peer = own;
  peer.sin_addr.s_addr = htonl(0xcb007109);
  peer.sin_port = htons(9);
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer), 0);
  EXPECT_EQ(*egress_interface(socket.get()), "via0");
}

TEST_F(EgressInterface, AVlanHasItsParentBelow) {
  if (!testing::run("ip link add link tst0 name tst0.5 type vlan id 5"))
    GTEST_SKIP() << "this kernel has no VLANs";
  EXPECT_THAT(nics_below(*local_file_tree(), "tst0.5"), ElementsAre("tst0"));
}

TEST_F(EgressInterface, AnUnconnectedSocketIsAnError) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  EXPECT_FALSE(egress_interface(socket.get()));
}

TEST_F(EgressInterface, ReadsStatisticsOfAVethButNotOfLo) {
  const auto statistics = nic_statistics("tst0");
  ASSERT_TRUE(statistics) << statistics.error().text;
  EXPECT_TRUE(statistics->contains("peer_ifindex"));
  EXPECT_EQ(nic_statistics("lo").error().fault, Fault::Unsupported);
  EXPECT_EQ(nic_statistics("tst9").error().fault, Fault::NotFound);
  EXPECT_THAT(nic_statistics(std::string(40, 'x')).error().text,
              HasSubstr("read the statistics of xxxx"));
}

}  // namespace
}  // namespace tuner
