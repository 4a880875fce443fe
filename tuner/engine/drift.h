// Finds out why a setting has drifted from the profile. Compares the journal, which holds the
// setting and its NIC as they were set, with the facts. Reads three things more from the machine if
// they may be the cause: how the boot unit ended, which modules hold a module, and the CPU times in
// /proc/stat.
#pragma once

#include "engine/journal.h"
#include "engine/owners_on_demand.h"
#include "host/host.h"
#include "model/facts.h"
#include "model/plan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The present state of this NIC, for the journal.
NicSnapshot snapshot_of(const Nic& nic);

// Snapshots of the NICs that these steps belong to.
std::vector<NicSnapshot> snapshots_of(std::span<const Step> steps, const Facts& facts);

// Fills cause (one sentence) and cause_code of the steps that have drifted from the profile with
// this digest. They stay empty if no profile was applied.
void explain_drift(const Host& host, const Journal& journal, const Facts& facts,
                   OwnersOnDemand& owners, std::string_view digest, std::vector<Step>& steps);

}  // namespace tuner
