// The only way in which the engine reads a family. A failed read becomes an observation of its own,
// Unreadable.
#pragma once

#include "knobs/knob.h"
#include "model/facts.h"
#include "model/plan.h"

#include <optional>

namespace tuner {

// The family's observation. Unreadable if any read failed while the family observed, whatever it
// returned; also if it returned Unsupported because of a read that a recorded machine has no answer
// for.
Observation look_at(const Host& host, const Knob& knob, const Subject& subject);

// Whether the machine accepts the value, from Knob::takes; failed reads are treated as in
// look_at().
Observation ask_accepted(const Host& host, const Knob& knob, const Change& change);

// Unreadable if the facts for this setting are incomplete: a read failed that its family needs, for
// the setting's NIC or, if it names none, for any NIC. A setting that the facts call unsupported or
// absent is also in doubt if the recording lacks the read. nullopt: the facts are complete.
std::optional<Observation> incomplete_facts(const Facts& facts, const Knob& knob,
                                            const DesiredSetting& desired);

// A failed read of the facts that this family needs, for any NIC, so that a subject may be missing.
// nullptr: there is none.
const Unread* may_hide_subjects(const Facts& facts, const Knob& knob);

}  // namespace tuner
