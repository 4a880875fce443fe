#include "host/net/socket_address.h"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace tuner {
namespace {

using Words = std::uint32_t[4];

// ::ffff:0:0/96 (RFC 4291, 2.5.5.2).
bool is_mapped(const Words& address) {
  return address[0] == 0 && address[1] == 0 && address[2] == htonl(0xffff);
}

std::string end_text(std::uint8_t family, const Words& address, std::uint16_t port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family == AF_INET6 && !is_mapped(address)) {
    ::inet_ntop(AF_INET6, address, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(port));
  }
  ::inet_ntop(AF_INET, family == AF_INET6 ? &address[3] : &address[0], text.data(), text.size());
  return fmt::format("{}:{}", text.data(), ntohs(port));
}

}  // namespace

std::string local_text(const TcpEnds& ends) {
  return end_text(ends.family, ends.local_address, ends.local_port);
}

std::string peer_text(const TcpEnds& ends) {
  return end_text(ends.family, ends.peer_address, ends.peer_port);
}

TcpEnds on_the_wire(const TcpEnds& ends) {
  if (ends.family != AF_INET6 || !is_mapped(ends.local_address) || !is_mapped(ends.peer_address))
    return ends;
  return {.family = AF_INET,
          .local_port = ends.local_port,
          .peer_port = ends.peer_port,
          .local_address = {ends.local_address[3]},
          .peer_address = {ends.peer_address[3]},
          .scope = ends.scope};
}

}  // namespace tuner
