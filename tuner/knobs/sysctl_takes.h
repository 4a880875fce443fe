// What a kernel makes of the value of a sysctl before it is written: choices that it does not
// offer, counts and ranges that it refuses.
#pragma once

#include "knobs/knob.h"

namespace tuner {

// Knob::takes of the family sysctl, for a file that is there.
Observation sysctl_takes(const Host& host, const Change& change);

}  // namespace tuner
