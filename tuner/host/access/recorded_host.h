// A machine recorded by scripts/capture-host, or made by the tests' generator: what --root opens.
#pragma once

#include "host/host.h"

namespace tuner {

// `directory` holds /proc, /sys, /etc, /boot, /lib/modules as far as recorded, and nics.json for
// what only netlink tells. Every write answers Fault::Refused. Fault::Invalid: not a recorded
// machine (exit 65).
Result<Host> recorded_host(const std::string& directory);

}  // namespace tuner
