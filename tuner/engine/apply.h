// The only writer. Plans, writes in phases with the journal ahead of every write, reads back, and
// takes back what it did when a required setting fails.
#pragma once

#include "engine/journal.h"
#include "engine/plan.h"
#include "engine/rollback.h"

#include <functional>
#include <optional>

namespace tuner {

struct ApplyOptions {
  RunInfo run;
  bool rollback_on_failure = true;  // --on-failure rollback | keep
  // A required setting without a subject refuses the run; with this, what can be met is written.
  // For unattended runs: a NIC that comes late must not cost the module and the sysctls.
  bool without_missing = false;
  // May be empty: called once, when there is something to write and before anything is. An error
  // refuses the run.
  std::function<Outcome()> before_first_write;
  // May be empty: called once, behind the journal's first line and before the first write to the
  // machine. An error ends the run as a failure.
  std::function<Outcome()> begun;
  // Both may be empty: called when a step was written or failed; asked before each write, where
  // true ends the run as a failure.
  std::function<void(const Step&)> on_step;
  std::function<bool()> interrupted;
};

struct ApplyReport {
  enum class End {
    Nothing,  // all in sync: nothing was written to the machine
    Refused,  // a required setting cannot be met here, or `error`: nothing was written
    Applied,
    Failed,      // and kept as it is: --on-failure keep
    RolledBack,  // failed, and every write of this run was taken back
  };
  End end = End::Nothing;
  Plan plan;                   // each step with its final status
  std::optional<Error> error;  // what failed, for End::Failed, RolledBack and perhaps Refused
  std::vector<Step> undone;    // the steps of the roll back
  int writes = 0;              // to the machine
};

// Facts are collected anew after every phase that wrote something. The caller holds the lock.
ApplyReport apply(Host& host, StateStore& store, const PlanInput& input, Journal& journal,
                  const ApplyOptions& options);

}  // namespace tuner
