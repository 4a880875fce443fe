// Root's own copies of the applied profiles, which unattended runs use: one sealed JSON document,
// /var/lib/ktls-tuner/approved. A profile file may change after a person applied it; approved is
// its content at that time.
#pragma once

#include "engine/journal.h"
#include "host/files/state_store.h"
#include "profile/copy.h"

#include <optional>
#include <string_view>
#include <vector>

namespace tuner {

// Missing file: no copies. Error if the file is unreadable, altered (Fault::Invalid) or not owned
// by root alone; then unattended runs must set nothing.
Result<std::vector<ProfileCopy>> load_approved(const StateStore& store);

// The copy that belongs to this run (same path and digest); nullptr: there is none.
const ProfileCopy* approved_for(const std::vector<ProfileCopy>& copies, const RunInfo& run);

// Stores a copy; durable when it returns. Removes copies that belong neither to a run of the
// journal nor to the persisted profile. Writes nothing if an equal copy is stored already. A
// damaged file is replaced.
Outcome approve(StateStore& store, const ProfileCopy& copy, const Journal& journal);

}  // namespace tuner
