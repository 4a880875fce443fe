// A network namespace of one's own, so that foreign traffic is not in the counters.
#pragma once

#include "base/result.h"

namespace tuner {

// Puts this process into a fresh network namespace whose loopback is up; an ordinary user's also
// into a fresh user namespace, which gives the right to. Must be called before any thread is
// started. Undone by nothing but the end of the process. An error leaves the process where it was,
// except that loopback may be down in the new namespace: Fault::Io then, and nothing can be probed.
// NotPermitted, Unsupported: this machine allows neither; probing where we are still works.
Outcome enter_fresh_network();

}  // namespace tuner
