// The output interfaces of the default routes.
#pragma once

#include "host/host.h"

#include <set>
#include <string>
#include <string_view>

namespace tuner {

// From /proc/net/route and /proc/net/ipv6_route, the main tables. Ignores policy routing.
std::set<std::string> default_route_interfaces(const FileTree& files);

// Parse the content of these two files.
std::set<std::string> default_routes_v4(std::string_view route);
std::set<std::string> default_routes_v6(std::string_view ipv6_route);

}  // namespace tuner
