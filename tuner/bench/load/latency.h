// The workload latency: requests at times that were fixed beforehand, responses of several sizes.
#pragma once

#include "bench/load/workload.h"

namespace tuner {

// Learns the capacity of each row by a closed loop, then each measurement is an exchange() and a
// LatencySample. All rows of a round have the same requests at the same times, at a part of the
// least capacity of all rows.
Workload latency(const LoadRun& run);

}  // namespace tuner
