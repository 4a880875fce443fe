// The ends of a TCP socket as text and as a route needs them. Pure.
#pragma once

#include "host/net/socket_port.h"

#include <string>

namespace tuner {

// "192.0.2.1:443", "[2001:db8::1]:443". IPv4 on a socket of IPv6 ("::ffff:192.0.2.1") is shown as
// IPv4.
std::string local_text(const TcpEnds& ends);
std::string peer_text(const TcpEnds& ends);

// The ends with which packets travel: IPv4 if both addresses are IPv4 on a socket of IPv6, for
// which IPv6 has no route.
TcpEnds on_the_wire(const TcpEnds& ends);

}  // namespace tuner
