// Why a NIC feature is not, or is not going to be, as a profile wants it. Pure.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A fixed feature that is not as wanted; empty when it can be switched, or is as wanted.
std::string why_unsupported(const Nic& nic, std::string_view feature, bool wanted,
                            const KernelFacts& kernel);

// A feature that requests alone do not bring about, after all that the profile asks of this NIC:
// `wanted` has the goals of its features. Empty: writing them may do.
std::string why_blocked(const Nic& nic, std::string_view feature,
                        const std::map<std::string, bool>& wanted);

// A remark on a feature whose request is not in effect: "requested on, but not active: …".
std::string why_not_in_effect(const Nic& nic, std::string_view feature);

// A remark on a fixed feature: "fixed to off by driver ice".
std::string fixed_reason(std::string_view driver, bool is_on);

}  // namespace tuner
