// Makes the plan: what a profile wants, held against what is there. The one comparison in this
// program; apply, check and tune are this function with something done before or after it.
#pragma once

#include "engine/journal.h"
#include "knobs/knob.h"
#include "model/plan.h"
#include "model/profile.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

struct PlanOptions {
  std::vector<std::string> only;  // families; empty: all
  std::vector<std::string> skip;
  std::vector<std::string> nics;  // Nic::key(): only what belongs to these; empty: everything
  Disruption max_disruption = Disruption::NewConnections;
  bool force = false;  // reopen channels although offloaded receive connections exist
  // The run is undone unless it is confirmed within this time.
  std::optional<std::chrono::seconds> confirm_within = {};
  // Nothing interrupts the NIC that the session of whoever asks goes through, unless the above is
  // set. Not for `check`: what has drifted does not depend on who looks.
  bool spare_session = false;
};

// What the plan is made from, beside facts. `knobs` is catalog(), except in tests.
struct PlanInput {
  const Profile& profile;
  const Journal& journal;
  std::span<const Knob> knobs;
  PlanOptions options;
};

// Facts that make_plan needs for this input; collect these and no more.
FactNeed facts_needed(const PlanInput& input);

// Observes and compares; never writes. What depends on a change of an earlier phase (interrupts of
// a NIC whose channels are to change) is Deferred: the goal is foreseen, and apply plans it again
// from fresh facts. Settings that only an earlier profile set, and that are still as it left them,
// are steps too: their goal is their original.
Plan make_plan(const Host& host, const Facts& facts, const PlanInput& input);

// One family's part of it.
std::vector<Step> plan_knob(const Host& host, const Facts& facts, const PlanInput& input,
                            const Knob& knob, std::vector<std::string>& notes);

// Fills Step::persisted: of every setting when this profile is the one that the next boot sets and
// what the boot reads stands as it should.
void note_persisted(std::vector<Step>& steps, const PlanInput& input);

const Knob* knob_named(std::span<const Knob> knobs, std::string_view name);

// A required setting that this machine cannot meet (Unsupported, NoSubject, Blocked) or show
// (Unreadable).
bool cannot_be_met(const Step& step);

}  // namespace tuner
