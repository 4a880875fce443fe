// By which interface the kernel sends what goes over a connected socket, asked of its routing
// tables. Encoding and decoding are apart from the socket, so that they are tested without routes.
#pragma once

#include "base/result.h"
#include "host/host.h"
#include "host/net/socket_port.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// One RTM_GETROUTE for a packet from one end to the other, source included: where rules choose the
// table by it, it matters.
std::vector<std::byte> encode_route_request(const TcpEnds& ends);

// The interface's number in one datagram of NETLINK_ROUTE. Invalid: cut off, or without an
// interface; for an error message of the kernel, what its errno means.
Result<int> decode_route_reply(std::span<const std::byte> datagram);

// "eth0", "bond0", "lo". NotFound: no route, or the interface is gone.
Result<std::string> egress_interface(int fd);

// The NICs below an interface: itself, or, of a VLAN or bond, what it stands on, sorted.
std::vector<std::string> nics_below(const FileTree& files, std::string_view interface);

}  // namespace tuner
