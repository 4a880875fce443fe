#include "host/net/routes.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using Names = std::set<std::string>;

constexpr const char* kHeader =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
constexpr const char* kZero = "00000000000000000000000000000000";

TEST(Routes, ADefaultRouteHasNeitherDestinationNorMask) {
  const std::string text = std::string(kHeader) +
                           "eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                           "eth1\t00000000\t0302000A\t0003\t0\t0\t9\t00000000\t0\t0\t0\n"
                           "eth2\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
                           "tun0\t00000000\t0302000A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n";
  EXPECT_EQ(default_routes_v4(text), (Names{"eth0", "eth1"}));
}

TEST(Routes, IgnoresRoutesThatAreDownOrReject) {
  EXPECT_EQ(default_routes_v4("eth0\t00000000\t0202000A\t0002\t0\t0\t0\t00000000\t0\t0\t0\n"
                              "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n"),
            Names{});
}

TEST(Routes, ReadsIPv6Routes) {
  const std::string zero = kZero;
  const std::string common = zero + " 00 ";
  const std::string text =
      zero + " 00 " + common + "fe800000000000000000000000000001 00000400 00000001 00000000 " +
      "00000003     eth0\n" +
      // Every kernel has this reject route, for addresses without another route.
      zero + " 00 " + common + zero + " ffffffff 00000001 00000000 00200200       lo\n" +
      "fe800000000000000000000000000000 40 " + common + zero +
      " 00000100 00000001 00000000 00000001     eth1\n";
  EXPECT_EQ(default_routes_v6(text), Names{"eth0"});
}

TEST(Routes, MalformedTextHasNoRoutes) {
  for (const char* text : {"", "\n\n", "eth0", "eth0 00000000 0 zz 0 0 0 00000000",
                           "eth0\t\t\t\t\t\t\t", "eth0 0 0 3 0 0 0"}) {
    EXPECT_EQ(default_routes_v4(text), Names{}) << text;
    EXPECT_EQ(default_routes_v6(text), Names{}) << text;
  }
}

TEST(Routes, MissingFilesMeanNoRoutes) {
  EXPECT_EQ(default_route_interfaces(testing::FakeMachine().host().files()), Names{});
  EXPECT_EQ(default_route_interfaces(testing::two_node_machine().host().files()), Names{"eth0"});
}

}  // namespace
}  // namespace tuner
