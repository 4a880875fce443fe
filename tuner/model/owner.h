// Who else sets the very thing that a step is about. Pure; host/collect_claims.cc finds the claims.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <string>
#include <vector>

namespace tuner {

// "tuned (/etc/tuned/web/tuned.conf:12)"; several are joined by "and"; empty: nobody. Where the
// profile bans irqbalance, it is no owner.
std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile);

// The same claims one by one.
std::vector<const Claim*> claims_about(const Subject& subject, const Facts& facts);

// Whether this claim's value is the one that was observed. A program that chooses its value
// (irqbalance) explains any; a value that cannot be read as the setting's explains none.
bool explains(const Claim& claim, const Value& observed);

}  // namespace tuner
