// Netlink requests that the kernel answers with one message. Decoding is separate from the socket.
#pragma once

#include "base/result.h"
#include "host/net/netlink_attributes.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tuner {

struct NetlinkMessage {
  std::uint16_t type = 0;
  Bytes body;  // after the header; points into the datagram
};

// Invalid, with `what` is wrong with a reply. `doing` as below.
tl::unexpected<Error> malformed_reply(std::string_view doing, std::string_view what);

// The first message in a datagram. Invalid: too short or truncated. For an error message of the
// kernel: the fault of its errno. `doing` is the beginning of error texts: "look up a route".
Result<NetlinkMessage> read_reply(Bytes datagram, std::string_view doing);

// What a message of a dump says that is not one of its entries: true: the dump is complete; false:
// nothing (NLMSG_NOOP). An error: the fault with which the dump ended, data that the kernel lost
// (Io), or Invalid: malformed or of another type.
Result<bool> ends_dump(const NetlinkMessage& message, std::string_view doing);

// Timeout of one reply. The kernel processes a request within send(2) (net/netlink/af_netlink.c,
// netlink_unicast), so the reply is there when send(2) returns. A missing reply was lost.
constexpr std::chrono::milliseconds kReplyTimeout(2000);

// Waits until the socket is readable. TimedOut: it is not readable at `until`.
Outcome await_reply(int socket, std::chrono::steady_clock::time_point until,
                    std::string_view doing);

// Sends the request over a netlink socket and returns the next datagram. TimedOut: none within
// kReplyTimeout.
Result<std::vector<std::byte>> request_over(int socket, Bytes request, std::string_view doing);
// As request_over(), over a new socket.
Result<std::vector<std::byte>> request_netlink(int protocol, Bytes request, std::string_view doing);

}  // namespace tuner
