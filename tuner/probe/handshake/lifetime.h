// What each helper program does for itself before its work: it ends with the tuner, ends by itself
// if a call blocks for ever, and gives up its rights.
#pragma once

#include "base/result.h"
#include "probe/handshake/rights.h"

#include <sys/types.h>

#include <chrono>

namespace tuner {

// Writes to a lost peer become errors, and this process is killed when `parent` ends or two seconds
// after `limit`. `parent` is what getppid() returned first of all, to notice a parent that has
// ended since then.
void prepare_process(std::chrono::seconds limit, pid_t parent);

// give_up_rights() and limit_resources() (rights.h), after which the process still ends with
// `parent`.
Outcome give_up_privileges(const HelperNeeds& needs, pid_t parent);

}  // namespace tuner
