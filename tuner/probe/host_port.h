// Parses HOST:PORT of the command line. Pure: names are not resolved.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tuner {

struct HostPort {
  std::string host;  // without brackets: "192.0.2.1", "::1", "fe80::1%eth0", "a.example"
  std::uint16_t port = 0;
  bool operator==(const HostPort&) const = default;
};

// The peer to connect to: an address or a host name, an IPv6 address in brackets, and a port from 1
// to 65535. Fault::Invalid: the text says what is wrong.
Result<HostPort> parse_peer(std::string_view text);

// The place to listen on: an address, because a name may stand for several, and a port; 0 lets the
// kernel choose one. There is no default: opening a port to a network has to be explicit.
// Fault::Invalid: the text says what is wrong.
Result<HostPort> parse_listen_address(std::string_view text);

// "0.0.0.0" or "::": all interfaces of this machine.
bool is_any_address(const HostPort& place);

// "192.0.2.1:4433", "[::1]:4433"
std::string to_text(const HostPort& place);

}  // namespace tuner
