// The workload messages: the stages of a received message, with and without kernel TLS.
#pragma once

#include "bench/load/workload.h"

namespace tuner {

// Each measurement is a transfer_messages() and a MessageSample.
Workload messages(const LoadRun& run);

}  // namespace tuner
