// HOST:PORT as the command line has it. Pure: no name is looked up.
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

// Where to connect to: an address or a name, an IPv6 address in brackets, and a port from 1.
// Invalid: says what is wrong with it.
Result<HostPort> parse_peer(std::string_view text);

// Where to listen: an address alone, since a name may mean several, and a port; 0 lets the kernel
// choose. There is no default: whoever opens a port to a network says so.
Result<HostPort> parse_listen_address(std::string_view text);

// "0.0.0.0" or "::": every interface of this machine.
bool is_any_address(const HostPort& place);

// "192.0.2.1:4433", "[::1]:4433"
std::string to_text(const HostPort& place);

}  // namespace tuner
