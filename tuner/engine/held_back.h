// Which writes wait for the operator: those that disturb traffic more than was allowed, or that may
// cut off the session that asks for them. Pure.
#pragma once

#include "engine/plan.h"
#include "model/facts.h"
#include "model/plan.h"

#include <string>

namespace tuner {

// Why this wish is not written now, with the option that allows it; empty: nothing speaks against
// it. What could not be read counts against a write that it would have forbidden.
std::string held_back(const DesiredSetting& desired, const Facts& facts,
                      const PlanOptions& options);

}  // namespace tuner
