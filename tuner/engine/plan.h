// Makes the plan: compares a profile's goals with the machine. The program has no other comparison;
// apply, check and tune all use this one.
#pragma once

#include "engine/journal.h"
#include "engine/owners_on_demand.h"
#include "host/facts/collect.h"
#include "knobs/knob.h"
#include "model/plan.h"
#include "model/profile.h"
#include "model/programs/program_risk.h"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

class Gate;

struct PlanOptions {
  std::vector<std::string> only;  // families; empty: all
  std::vector<std::string> skip;
  std::vector<std::string> nics;  // Nic::key(): only settings of these NICs; empty: all settings
  Disruption max_disruption = Disruption::NewConnections;
  std::vector<AcceptedRisk> accepted_risks = {};  // for programs (engine/gate.h)
  bool force = false;  // reopen queues even while connections use receive offload
  // The run is undone unless it is confirmed within this time.
  std::optional<std::chrono::seconds> confirm_within = {};
  // Do not interrupt the NIC that carries the caller's login session, unless confirm_within is set.
  // Not for `check`: drift does not depend on who runs it.
  bool spare_session = false;
  // Look for the owners of steps that are in sync, too, and not only of those that are shown as a
  // problem. A document and --explain name the owner of each setting.
  bool every_owner = true;
  // Look where NAPI polls, if that takes a file of its own. Only a note depends on it.
  bool napi_threads = true;
  // The programs of the host, for the gate; empty: it looks at the host itself. A recording has
  // only the result of that look.
  std::function<Programs()> programs = {};
};

// Allows what a run was allowed: its disruption of traffic and its risks for programs.
inline void allow_as(const RunInfo& run, PlanOptions& options) {
  options.max_disruption = run.max_disruption;
  options.accepted_risks = run.accepted_risks;
}

// The input of a plan besides facts. `knobs` is catalog(), except in tests.
struct PlanInput {
  const Profile& profile;
  const Journal& journal;
  std::span<const Knob> knobs;
  PlanOptions options;
};

// Whether the profile or, for the originals, the journal mentions the family, and --only and --skip
// do not exclude it.
bool takes_part(const PlanInput& input, const Knob& knob);
// The facts that make_plan() needs for this input.
FactNeed facts_needed(const PlanInput& input);
// The NICs of --nic. Other NICs' interrupts are read only if a family that takes part needs
// interrupts: not for what a change of the NIC's queues resets.
NicScope nic_scope(const PlanInput& input);

// Observes and compares; never writes. A setting that depends on a change of an earlier phase (such
// as an interrupt of a NIC whose channels will change) is Deferred: its goal is computed from the
// foreseen facts, and apply plans it again from fresh facts. A setting that only an earlier profile
// set, and that still has that value, is also a step; its goal is its original.
Plan make_plan(const Host& host, const Facts& facts, const PlanInput& input);
// The same with a gate that the caller asks again later.
Plan make_plan(const Host& host, const Facts& facts, const PlanInput& input, Gate& gate);

// The steps of one family, without deferral and causes of drift.
std::vector<Step> plan_knob(const Host& host, const Facts& facts, const PlanInput& input,
                            const Knob& knob, OwnersOnDemand& owners, Gate& gate,
                            std::vector<std::string>& notes);

// Fills Step::persisted of all settings, if the next boot sets this profile and all files for the
// next boot are in sync.
void note_persisted(std::vector<Step>& steps, const PlanInput& input);

const Knob* knob_named(std::span<const Knob> knobs, std::string_view name);

// Whether it is a required setting that this machine cannot meet (Unsupported, NoSubject, Blocked)
// or read (Unreadable).
bool cannot_be_met(const Step& step);

}  // namespace tuner
