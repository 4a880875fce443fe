// Why a setting that was as the profile wants it no longer is. Pure: the journal says how it and
// its NIC stood when it was set, facts say how they stand now.
#pragma once

#include "engine/journal.h"
#include "model/facts.h"
#include "model/plan.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

// How this NIC stands now, for the journal.
NicWitness witness_of(const Nic& nic);

// The NICs that these steps are about, as they stand now.
std::vector<NicWitness> witnesses_of(std::span<const Step> steps, const Facts& facts);

// One sentence; empty: nothing has drifted, or no profile was applied since boot.
std::string drift_cause(const Step& step, const Journal& journal, const Facts& facts);

}  // namespace tuner
