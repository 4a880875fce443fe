// A recorded machine, opened with --root: made by scripts/capture-host or the tests' generator.
#pragma once

#include "host/host.h"

namespace tuner {

// `directory` has /proc, /sys, /etc, /boot and /lib/modules as far as recorded, and nics.json with
// the data from netlink. Every write fails with Refused. Invalid: not a recorded machine (exit
// code 65).
Result<Host> recorded_host(const std::string& directory);

}  // namespace tuner
