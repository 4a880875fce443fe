// A private network namespace, so that traffic of other programs is not in the counters.
#pragma once

#include "base/result.h"

namespace tuner {

// Moves this process into a new network namespace and brings its loopback up. An ordinary user's
// process also enters a new user namespace, which permits this. Call it before any thread is
// started. It cannot be undone. Fault::Io: loopback could not be brought up in the new namespace,
// so nothing can be probed. NotPermitted, Unsupported: this machine allows no new namespace; the
// process is still in the old one, where a probe works.
Outcome enter_fresh_network();

}  // namespace tuner
