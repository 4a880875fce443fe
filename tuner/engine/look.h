// The engine's way to ask a family: with what could not be looked at as an answer of its own.
#pragma once

#include "knobs/knob.h"
#include "model/facts.h"
#include "model/plan.h"

#include <optional>

namespace tuner {

// What the family observes. Unreadable when a read failed on the way, whatever the family made of
// it; and when a recorded machine could not answer a read that "unsupported" rests on.
Observation look_at(const Host& host, const Knob& knob, const Subject& subject);

// Whether the machine takes the value, by the family's own answer; the same rules for reads that
// failed on the way.
Observation ask_whether_taken(const Host& host, const Knob& knob, const Change& change);

// Facts alone say already that this wish is in doubt: a read failed that its family needs, of the
// NIC that it is about or, where it names none, of any. What facts say is absent also rests on
// what was recorded. Nothing: there is no doubt.
std::optional<Observation> in_doubt(const Facts& facts, const Knob& knob,
                                    const DesiredSetting& desired);

// A failed read that may hide a subject of this family: of these parts, whichever NIC it is about.
const Unread* may_hide_subjects(const Facts& facts, const Knob& knob);

}  // namespace tuner
