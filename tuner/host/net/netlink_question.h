// A question to the kernel over netlink that it answers with one message. Decoding is apart from
// the socket.
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
  Bytes body;  // behind the header, into the datagram
};

// The message in a datagram. Invalid: too short or cut off; for an error message of the kernel,
// what its errno means. `doing` begins what is said of it: "look up a route".
Result<NetlinkMessage> read_answer(Bytes datagram, std::string_view doing);

// The kernel works on a question while it is sent (net/netlink/af_netlink.c, netlink_unicast): when
// that returns, its answer is there. So what is not there at once was lost, and never comes.
constexpr std::chrono::milliseconds kAnswerLimit(2000);

// Until something can be received from the socket. TimedOut: nothing came.
Outcome await_answer(int socket, std::chrono::steady_clock::time_point until,
                     std::string_view doing);

// Sends the request over a netlink socket and gives the datagram that comes back. TimedOut: none
// within kAnswerLimit.
Result<std::vector<std::byte>> ask_over(int socket, Bytes request, std::string_view doing);
// Likewise, over a socket of its own.
Result<std::vector<std::byte>> ask_netlink(int protocol, Bytes request, std::string_view doing);

}  // namespace tuner
