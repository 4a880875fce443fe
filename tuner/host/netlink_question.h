// A question to the kernel over netlink that it answers with one message. Decoding is apart from
// the socket.
#pragma once

#include "base/result.h"
#include "host/netlink_attributes.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tuner {

struct NetlinkMessage {
  std::uint16_t type = 0;
  Bytes body;  // behind the header, into the datagram
};

// The message in a datagram. Invalid: too short or cut off; for an error message of the kernel,
// what its errno means. `doing` begins what is said of it: "look up a route".
Result<NetlinkMessage> read_answer(Bytes datagram, std::string_view doing);

// Sends the request and gives the datagram that comes back. TimedOut: none within two seconds.
Result<std::vector<std::byte>> ask_netlink(int protocol, Bytes request, std::string_view doing);

}  // namespace tuner
