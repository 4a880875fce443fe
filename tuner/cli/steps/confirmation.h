// --confirm-within: starts a guard before the first write of a run and, at the end of the run,
// starts the confirmation window. Also shows a pending run in text and JSON.
#pragma once

#include "cli/request/verb.h"
#include "document/plan.h"
#include "engine/apply.h"
#include "engine/confirm.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace tuner {

class Confirmation {
 public:
  // Without `within`, the functions below do nothing.
  // `persist`: `confirm` also persists the run. OnFailure::Keep: a failed run waits as well.
  Confirmation(Context& context, const RunInfo& run, std::optional<std::chrono::seconds> within,
               bool persist, OnFailure on_failure);

  // For ApplyOptions::before_first_write; empty without `within`.
  std::function<Outcome()> guard_starter();
  // For ApplyOptions::begun.
  std::function<Outcome()> begun_recorder();

  // After apply, with the lock still held: starts the confirmation window, or ends the guard if the
  // run was rolled back. Returns the line that names the next step; may be empty.
  std::string finish_run(const Journal& journal, const ApplyReport& report, Answer& answer);

 private:
  std::string await(Answer& answer);

  Context& context_;
  std::optional<PendingConfirm> pending_;
  OnFailure on_failure_;
  bool guarded_ = false;
};

// The run that waits for confirmation, for documents; null: there is none.
std::optional<document::Pending> pending_now(const Context& context);

}  // namespace tuner
