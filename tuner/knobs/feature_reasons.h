// Why a NIC feature does not have, or will not get, the state that a profile wants. Pure.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The reason why a fixed feature does not meet the goal. Empty if it can be switched or meets it.
std::string why_unsupported(const Nic& nic, std::string_view feature, bool wanted,
                            const KernelFacts& kernel);

// The reason why a feature will not take effect even if all requests of the profile for this NIC
// are written. `wanted` holds the goals of the NIC's features. Empty: writing them may be enough.
std::string why_blocked(const Nic& nic, std::string_view feature,
                        const std::map<std::string, bool>& wanted);

// A remark on a feature whose request is not in effect: "requested on, but not active: …". Empty if
// it is fixed or in effect.
std::string why_not_in_effect(const Nic& nic, std::string_view feature);

// A remark on a fixed feature: "fixed to off by driver ice".
std::string fixed_reason(std::string_view driver, bool is_on);

}  // namespace tuner
