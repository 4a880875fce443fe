// Restores the originals from the journal. Leaves settings alone that others have changed since
// then.
#pragma once

#include "engine/journal.h"
#include "knobs/knob.h"
#include "model/plan.h"

#include <functional>
#include <set>
#include <span>
#include <string>

namespace tuner {

struct RollbackOptions {
  std::string run;  // undo only this run; empty: everything since the first apply
  // Restore only these subjects, by their keys; the run and the profile stay active, and boots set
  // what they set before. Empty: all.
  std::set<std::string> keys = {};
  // Also restore settings that others changed since then, and discard the originals of settings
  // that no longer exist.
  bool force = false;
  std::function<void(const Step&)>
      on_step;  // called when a step has its final status; may be empty
};

struct RollbackReport {
  std::vector<Step> steps;  // Done; InSync: had its original already; Blocked: left alone;
                            // NoSubject, Unreadable, Failed: not restored
  std::optional<Error> journal_error;  // the machine was restored as in `steps`, but the journal
                                       // could not be written
  // Settings whose original is unknown, one sentence each: the journal is damaged, or an entry
  // belongs to no family.
  std::vector<std::string> not_known;
  bool complete() const;  // every step is Done or InSync, and `not_known` is empty
};

// The steps of a rollback, with Status::Change where it would write. Writes nothing.
Result<std::vector<Step>> plan_rollback(const Host& host, const Journal& journal,
                                        std::span<const Knob> knobs,
                                        const RollbackOptions& options);

// Works in the order of the phases, with files for the next boot moved to the front and modules to
// the end. Before anything is written: Refused if later runs depend on the run, Invalid if the
// journal does not know the run.
Result<RollbackReport> rollback(Host& host, StateStore& store, Journal& journal,
                                std::span<const Knob> knobs, const RollbackOptions& options);

}  // namespace tuner
