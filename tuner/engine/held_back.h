// Which writes need the operator's consent: those that disturb traffic more than is allowed, or
// that may cut off the login session that runs this program. Pure.
#pragma once

#include "engine/plan.h"
#include "model/facts.h"
#include "model/plan.h"

#include <string>

namespace tuner {

// Why this setting is not written now, with the option that allows it; empty if it may be written.
// A failed read counts as the value that would forbid the write.
std::string held_back(const DesiredSetting& desired, const Facts& facts,
                      const PlanOptions& options);

}  // namespace tuner
