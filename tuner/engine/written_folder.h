// Identifies the folder of a file that this program wrote, beyond its path: in another mount
// namespace or root directory the same path may be another folder, where nothing must be undone.
// Compared within one boot.
#pragma once

#include "engine/journal.h"
#include "host/host.h"
#include "knobs/knob.h"

#include <string>

namespace tuner {

// "device:inode" of the folder of the subject's file; empty if it is not a file on a disk, or the
// folder is absent or unreadable.
std::string written_folder(const Host& host, const Subject& subject);

// Why this entry's file must not be touched here; empty if nothing is known against it.
std::string in_another_folder(const Host& host, const Journal::Entry& entry);

// As look_at(), but Blocked with that reason, without a read, if the file is in another folder.
// `entry`: nullptr if the journal has none.
Observation observe_in_written_folder(const Host& host, const Knob& knob, const Subject& subject,
                                      const Journal::Entry* entry);

}  // namespace tuner
