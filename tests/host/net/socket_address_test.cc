#include "host/net/socket_address.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace tuner {
namespace {

TcpEnds ends(int family, const char* local, const char* peer) {
  TcpEnds made{.family = static_cast<std::uint8_t>(family),
               .local_port = htons(443),
               .peer_port = htons(50000)};
  EXPECT_EQ(::inet_pton(family, local, made.local_address), 1);
  EXPECT_EQ(::inet_pton(family, peer, made.peer_address), 1);
  return made;
}

TEST(SocketAddress, IsTextWithThePort) {
  const TcpEnds v4 = ends(AF_INET, "192.0.2.1", "198.51.100.7");
  EXPECT_EQ(local_text(v4), "192.0.2.1:443");
  EXPECT_EQ(peer_text(v4), "198.51.100.7:50000");
  const TcpEnds v6 = ends(AF_INET6, "2001:db8::1", "::1");
  EXPECT_EQ(local_text(v6), "[2001:db8::1]:443");
  EXPECT_EQ(peer_text(v6), "[::1]:50000");
}

TEST(SocketAddress, IPv4OnASocketOfIPv6IsIPv4) {
  const TcpEnds mapped = ends(AF_INET6, "::ffff:192.0.2.1", "::ffff:198.51.100.7");
  EXPECT_EQ(local_text(mapped), "192.0.2.1:443");
  const TcpEnds plain = on_the_wire(mapped);
  EXPECT_EQ(plain.family, AF_INET);
  EXPECT_EQ(local_text(plain), "192.0.2.1:443");
  EXPECT_EQ(peer_text(plain), "198.51.100.7:50000");
  EXPECT_EQ(plain.local_address[3], 0U);
}

TEST(SocketAddress, OtherEndsStayAsTheyAre) {
  const TcpEnds v6 = ends(AF_INET6, "2001:db8::1", "2001:db8::ffff");
  EXPECT_EQ(on_the_wire(v6).family, AF_INET6);
  EXPECT_EQ(peer_text(on_the_wire(v6)), "[2001:db8::ffff]:50000");
  const TcpEnds v4 = ends(AF_INET, "192.0.2.1", "198.51.100.7");
  EXPECT_EQ(peer_text(on_the_wire(v4)), peer_text(v4));
}

}  // namespace
}  // namespace tuner
