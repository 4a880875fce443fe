// Other programs that tune this machine. collect_facts() lists them; a family that has restarted
// one looks up its PID again.
#pragma once

#include "host/host.h"

#include <string_view>

namespace tuner {

// The PID, or 0 if it does not run. `program` is a name from Facts::neighbours ("irqbalance").
int tuning_program_pid(const FileTree& files, std::string_view program);

}  // namespace tuner
