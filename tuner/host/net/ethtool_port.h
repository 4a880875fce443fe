// Ethtool over the running kernel's generic netlink.
#pragma once

#include "host/host.h"

#include <memory>

namespace tuner {

// Opens its sockets with the first call that needs them. For one thread.
std::unique_ptr<NicPort> ethtool_port();

}  // namespace tuner
