// What a rollback has to name instead of restoring it.
#pragma once

#include "engine/journal.h"
#include "knobs/knob.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

// Whether there can be such a setting. Families that ask no facts say by the key alone whether it
// is one of theirs; of the others it is not known before they are looked for.
bool has_place(const Knob& knob, const Subject& subject);

// What of this journal cannot be restored because it is not known. Of a damaged one, the history
// names what else was set in this boot, and what people may set by hand.
std::vector<std::string> not_known(const StateStore& store, const Journal& journal,
                                   std::span<const Knob> knobs);

}  // namespace tuner
