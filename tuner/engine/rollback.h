// Back to what was there: the journal backwards. Restores only what is still as we left it.
#pragma once

#include "engine/journal.h"
#include "knobs/knob.h"
#include "model/plan.h"

#include <functional>
#include <span>
#include <string>

namespace tuner {

struct RollbackOptions {
  std::string run;  // undo this run alone; empty: everything since the first apply
  // Restore also what somebody else changed since, and give up the original of what is gone.
  bool force = false;
  std::function<void(const Step&)>
      on_step;  // called when a step has its final status; may be empty
};

struct RollbackReport {
  std::vector<Step>
      steps;  // Done; InSync: was as before already; Blocked: left to its new owner; Failed
  std::optional<Error>
      journal_error;  // the machine was restored as far as told, but the journal could not be kept
  // Settings whose original is not known: a damaged journal, or one with an entry that no family
  // here can have. A sentence each.
  std::vector<std::string> not_known;
  bool complete() const;  // nothing failed, nothing was left, and nothing is not known
};

// What a rollback now would find: Change where it would write. Writes nothing.
Result<std::vector<Step>> plan_rollback(const Host& host, const Journal& journal,
                                        std::span<const Knob> knobs,
                                        const RollbackOptions& options);

// Shape first, modules last (the order of the phases, modules moved to the end). Refused, before
// anything is written, for a run that later runs stand on, and for a run that the journal does not
// know.
Result<RollbackReport> rollback(Host& host, StateStore& store, Journal& journal,
                                std::span<const Knob> knobs, const RollbackOptions& options);

}  // namespace tuner
