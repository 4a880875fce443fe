// What a probe through a NIC has to know of this host to explain its result.
#pragma once

#include "cli/request/verb.h"
#include "model/facts.h"
#include "model/plan.h"
#include "probe/offload_reasons.h"

#include <vector>

namespace tuner {

// The TLS features that the profile sets to on and that are on.
// From the plan before the probe, because only a feature that was in effect then can be expected to
// have taken the connection.
std::vector<WantedOffload> wanted_offload(const Plan& plan);

// NICs, their features, and the kernel.
Facts nic_facts(const Context& context);

}  // namespace tuner
