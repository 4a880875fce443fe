// What unattended runs set: root's own copies of the profiles that were applied, in
// /var/lib/ktls-tuner/approved, one sealed JSON document. A file in /etc, in a home folder or in a
// checkout may change after a person applied it; what was approved is what it said then.
#pragma once

#include "engine/journal.h"
#include "host/files/state_store.h"
#include "profile/copy.h"

#include <optional>
#include <string_view>
#include <vector>

namespace tuner {

// Missing file: none. Unreadable, altered or not root's alone: an error, for nothing unattended may
// be set then.
Result<std::vector<ProfileCopy>> load_approved(const StateStore& store);

// That this run was approved with; nullptr: none is kept.
const ProfileCopy* approved_for(const std::vector<ProfileCopy>& copies, const RunInfo& run);

// Durable when it returns. Copies that no run of the journal or of what is persisted was made with
// go. Writes nothing where the same copy is kept already.
Outcome approve(StateStore& store, const ProfileCopy& copy, const Journal& journal);

}  // namespace tuner
