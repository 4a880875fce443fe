// Where a file of ours is, beyond its name: in another mount namespace or root the same path may be
// another folder, and what was written there is not to be undone here. Compared within one boot.
#pragma once

#include "engine/journal.h"
#include "host/host.h"
#include "knobs/knob.h"

#include <string>

namespace tuner {

// "device:inode" of the folder that the subject's file is in; empty: it is no file on a disk, or
// the folder is not there or cannot be looked at.
std::string written_folder(const Host& host, const Subject& subject);

// Why this entry's file is not to be touched here; empty: it may be, as far as is known.
std::string in_another_folder(const Host& host, const Journal::Entry& entry);

// As look_at(); Blocked with that reason, and nothing read. `entry`: nullptr, there is none.
Observation look_where_written(const Host& host, const Knob& knob, const Subject& subject,
                               const Journal::Entry* entry);

}  // namespace tuner
