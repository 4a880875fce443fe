// Settings that a rollback cannot restore and must name instead.
#pragma once

#include "engine/journal.h"
#include "knobs/knob.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

// Whether such a setting can exist. Families without FactNeed decide it from the key alone. For the
// others it is true: only a look-up in the facts shows it.
bool has_place(const Knob& knob, const Subject& subject);

// One sentence for each setting whose original this journal does not know. For a damaged journal,
// the history supplies the other settings of this boot and their values, to be set by hand.
std::vector<std::string> not_known(const StateStore& store, const Journal& journal,
                                   std::span<const Knob> knobs);

}  // namespace tuner
