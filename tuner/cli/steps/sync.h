// Steps that plan, check, apply and tune share: make the plan, judge it, execute it.
#pragma once

#include "cli/request/verb.h"
#include "cli/steps/requests.h"
#include "cli/steps/session.h"
#include "engine/apply.h"

#include <chrono>
#include <memory>
#include <string>

namespace tuner {

// Collects the facts that are needed and makes the plan, with the session's notes in front.
Plan look(const Context& context, const Session& session);

// "profile edge-server (asked for) on host, kernel 6.1.0": the line above a plan.
std::string heading(const Context& context, const Session& session);

// Sets the answer's exit code from the plan: 4 (required setting cannot be met), 1 (unreadable or
// failed), 2 (drift). Adds an error for each required setting that cannot be met.
void judge_plan(const Plan& plan, Answer& answer);

// Checks the capabilities, takes the lock, applies, and adds the run to the history. Prints each
// write as it happens. `verb` is the name in the history.
struct Written {
  ApplyReport report;
  Answer answer;          // exit code and errors; the body is the caller's
  std::string next_step;  // with --confirm-within: the last line of output; else empty
};
Written write_plan(Context& context, Session& session, const WriteRequest& request,
                   std::string_view verb);

// Takes the lock, and waits so long for another run. Fault::Busy, Fault::NotPermitted.
Result<std::unique_ptr<StateStore::Lock>> take_lock(Context& context, std::chrono::seconds wait);

}  // namespace tuner
