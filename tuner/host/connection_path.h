// Which interfaces a connection goes through: addresses from the C library, the route from
// rtnetlink.
#pragma once

#include "base/result.h"

#include <set>
#include <string>
#include <string_view>

namespace tuner {

// See NicPort::on_the_way(). Addresses as text, IPv6 ones with their zone where they have one
// ("fe80::1%eth0"). What is no address, or has no route, adds nothing; Io: the kernel could not be
// asked.
Result<std::set<std::string>> interfaces_on_the_way(std::string_view local, std::string_view peer);

}  // namespace tuner
