// Why a setting that was as the profile wants it no longer is: the journal says how it and its NIC
// stood when it was set, facts say how they stand now. Of the machine three things more are looked
// at where they may be the cause: how our own unit ended after a reboot, what holds a module, and
// the times of CPUs in /proc/stat.
#pragma once

#include "engine/journal.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/plan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// How this NIC stands now, for the journal.
NicSnapshot snapshot_of(const Nic& nic);

// The NICs that these steps are about, as they stand now.
std::vector<NicSnapshot> snapshots_of(std::span<const Step> steps, const Facts& facts);

// Fills cause and cause_code of what has drifted from the profile of this digest: one sentence;
// empty: no profile was applied.
void explain_drift(const Host& host, const Journal& journal, const Facts& facts,
                   std::string_view digest, std::vector<Step>& steps);

}  // namespace tuner
