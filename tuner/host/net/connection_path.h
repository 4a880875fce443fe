// The interfaces that a connection uses, from rtnetlink.
#pragma once

#include "base/result.h"

#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace tuner {

// As NicPort::interfaces_to_peer(). Addresses are text; IPv6 ones may have a zone ("fe80::1%eth0").
// A text that is not an address, or an address without a route, adds nothing. Io: the query failed.
// TimedOut: a reply took longer than `limit`.
Result<std::set<std::string>> route_interfaces(
    std::string_view local, std::string_view peer,
    std::chrono::steady_clock::duration limit = std::chrono::seconds(2));

}  // namespace tuner
