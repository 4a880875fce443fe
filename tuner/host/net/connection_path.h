// Which interfaces a connection goes through, by rtnetlink.
#pragma once

#include "base/result.h"

#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace tuner {

// See NicPort::on_the_way(). Addresses as text, IPv6 ones with their zone where they have one
// ("fe80::1%eth0"). What is no address, or has no route, adds nothing; Io: the kernel could not be
// asked. TimedOut: an answer took longer than `limit`.
Result<std::set<std::string>> interfaces_on_the_way(
    std::string_view local, std::string_view peer,
    std::chrono::steady_clock::duration limit = std::chrono::seconds(2));

}  // namespace tuner
