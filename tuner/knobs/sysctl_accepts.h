// Checks before a write whether the kernel will accept the value of a sysctl: words that it does
// not offer, and counts and ranges that it refuses.
#pragma once

#include "knobs/knob.h"

namespace tuner {

// Knob::takes of the family sysctl, for a file that exists.
Observation sysctl_accepts(const Host& host, const Change& change);

}  // namespace tuner
