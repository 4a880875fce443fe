#include "host/net/connection_path.h"

#include "net/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConnectionPath : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string& reason = testing::enter_namespace(); !reason.empty())
      GTEST_SKIP() << reason;
  }
};

TEST_F(ConnectionPath, HasTheInterfacesOfTheAddressAndOfTheRoute) {
  EXPECT_THAT(route_interfaces("192.0.2.1", "192.0.2.7").value(), ElementsAre("tst0"));
  EXPECT_THAT(route_interfaces("192.0.2.1", "198.51.100.9").value(), ElementsAre("tst0"))
      << "by the default route";
}

TEST_F(ConnectionPath, WorksForAnAddressOnLoopback) {
  ASSERT_TRUE(testing::run("ip address add 203.0.113.5/32 dev lo"));
  EXPECT_THAT(route_interfaces("203.0.113.5", "198.51.100.9").value(), ElementsAre("tst0"));
}

TEST_F(ConnectionPath, FollowsARoutingRuleForTheSource) {
  ASSERT_TRUE(testing::run("ip address add 203.0.113.9/24 dev tst1") &&
              testing::run("ip route add default via 203.0.113.1 dev tst1 table 77") &&
              testing::run("ip rule add from 203.0.113.9 table 77"));
  EXPECT_THAT(route_interfaces("203.0.113.9", "198.51.100.9").value(), ElementsAre("tst1"));
}

TEST_F(ConnectionPath, WorksForIPv6) {
  ASSERT_TRUE(testing::run("ip -6 address add 2001:db8::1/64 dev tst0 nodad"));
  EXPECT_THAT(route_interfaces("2001:db8::1", "2001:db8::7").value(), ElementsAre("tst0"));
  EXPECT_THAT(route_interfaces("fe80::2%tst1", "fe80::1%tst1").value(), ElementsAre("tst1"));
}

TEST_F(ConnectionPath, IsEmptyForNonAddressesAndOwnAddresses) {
  EXPECT_THAT(route_interfaces("", "").value(), IsEmpty());
  EXPECT_THAT(route_interfaces("eth0", "999.1.1.1").value(), IsEmpty());
  EXPECT_THAT(route_interfaces("127.0.0.1", "127.0.0.1").value(), IsEmpty());
}

}  // namespace
}  // namespace tuner
