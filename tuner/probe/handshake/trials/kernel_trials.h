// Does the trials of the kernel's TLS (probe/kernel_trials.h).
#pragma once

#include "probe/handshake/connection/cell.h"
#include "probe/handshake/trials/packet_tap.h"
#include "probe/report.h"

#include <string_view>
#include <vector>

namespace tuner {

// One for each of trials_to_do(), each on a connection and with a time limit of its own. Trials
// after the deadline, and all of them if tls is not loaded, are not done.
std::vector<KernelTrial> try_kernel(const CellContext& around, bool own_namespace,
                                    Result<PacketTap>& tap);

// Whether a function belongs to this row.
bool can_try(std::string_view id);

}  // namespace tuner
