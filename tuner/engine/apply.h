// Applies a profile; only this and rollback write settings. Plans, then writes in phases: journals
// each write first, reads it back, and rolls back the run if a required setting fails.
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
  // Without this, a required setting without a subject refuses the run. With it, the run writes the
  // other settings. For unattended runs: a NIC that appears late must not keep them from setting
  // the module and the sysctls.
  bool without_missing = false;
  // May be empty. Called once before the first write, if there is anything to write. An error
  // refuses the run.
  std::function<Outcome()> before_first_write;
  // May be empty. Called once, after the journal's first line and before the first write to the
  // machine. An error ends the run as a failure.
  std::function<Outcome()> begun;
  // Both may be empty. `on_step` is called after a step was written or failed. `interrupted` is
  // called before each write; true ends the run as a failure.
  std::function<void(const Step&)> on_step;
  std::function<bool()> interrupted;
};

struct ApplyReport {
  enum class End {
    Nothing,  // all in sync: nothing was written to the machine
    Refused,  // a required setting cannot be met here, or `error` is set: nothing was written
    Applied,
    Failed,      // not rolled back (--on-failure keep), or not completely
    RolledBack,  // failed, and every write of this run was undone
  };
  End end = End::Nothing;
  Plan plan;                   // each step with its final status
  std::optional<Error> error;  // what failed; for End::Failed, RolledBack and sometimes Refused
  std::vector<Step> undone;    // the steps of the rollback
  int writes = 0;              // number of settings written to the machine
};

// Collects facts again after each phase that wrote something. The caller holds the lock.
ApplyReport apply(Host& host, StateStore& store, const PlanInput& input, Journal& journal,
                  const ApplyOptions& options);

}  // namespace tuner
