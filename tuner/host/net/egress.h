// The output interface of a connected socket, from the kernel's routing tables. Encoding and
// decoding are separate from the socket, so that they can be tested without routes.
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

// One RTM_GETROUTE request for a packet from the local to the peer address. It has the source
// address because routing rules may select a table by it.
std::vector<std::byte> encode_route_request(const TcpEnds& ends);

// The interface index in one NETLINK_ROUTE datagram. Invalid: truncated, or no interface. For an
// error message of the kernel: the fault of its errno.
Result<int> decode_route_reply(std::span<const std::byte> datagram);

// The output interface: "eth0", "bond0", "lo". NotFound: no route, or the interface was removed.
Result<std::string> egress_interface(int fd);

// The lowest interfaces below an interface, sorted: for a VLAN, bond or bridge those that it is
// built on (lower_* in sysfs), otherwise the interface itself.
std::vector<std::string> nics_below(const FileTree& files, std::string_view interface);

}  // namespace tuner
