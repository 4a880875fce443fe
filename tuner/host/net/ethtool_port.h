// Ethtool over generic netlink of the running kernel.
#pragma once

#include "host/host.h"

#include <memory>

namespace tuner {

// Opens its sockets with the first call that needs them. Not thread-safe.
std::unique_ptr<NicPort> ethtool_port();

}  // namespace tuner
