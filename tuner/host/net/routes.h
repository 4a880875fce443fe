// Which interfaces the default routes leave by.
#pragma once

#include "host/host.h"

#include <set>
#include <string>
#include <string_view>

namespace tuner {

// /proc/net/route and /proc/net/ipv6_route: the main tables; policy routing is not looked at.
std::set<std::string> default_route_interfaces(const FileTree& files);

// The parsers of the two texts.
std::set<std::string> default_routes_v4(std::string_view route);
std::set<std::string> default_routes_v6(std::string_view ipv6_route);

}  // namespace tuner
