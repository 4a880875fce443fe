// Who else sets the very thing that a step is about. Pure; host/collect_claims.cc finds the claims.
#pragma once

#include "model/facts.h"
#include "model/plan.h"

#include <string>

namespace tuner {

// "tuned (/etc/tuned/web/tuned.conf:12)"; several are joined by "and"; empty: nobody. Where the
// profile bans irqbalance, it is no owner.
std::string owner_of(const Subject& subject, const Facts& facts, const Profile& profile);

}  // namespace tuner
