// Other programs that tune this machine. Facts list them (collect_facts.h); a family that has just
// restarted one asks again.
#pragma once

#include "host/host.h"

#include <string_view>

namespace tuner {

// Its process id, or 0: not running. `program` is one of those that facts name ("irqbalance").
int neighbour_pid(const FileTree& files, std::string_view program);

}  // namespace tuner
