// Steps that plan, check, apply and tune share: look, judge, write.
#pragma once

#include "cli/session.h"
#include "cli/verb.h"
#include "engine/apply.h"

#include <string>
#include <vector>

namespace tuner {

// Facts as needed, then the plan, with the session's notes in front.
Plan look(const Context& context, const Session& session);

// "profile edge-server (asked for) on host, kernel 6.1.0": the line above a plan.
std::string heading(const Session& session);

// Adds what the plan means to the answer's exit code: 4, 1 (unreadable), 2.
void judge_plan(const Plan& plan, Answer& answer);

// Locks, checks the rights, applies, keeps the history. Text goes out as it happens.
struct Written {
  ApplyReport report;
  Answer answer;          // exit code and errors; the body is the caller's
  std::string next_step;  // with --confirm-within: what to do now, to be said last; else empty
};
Written write_plan(Context& context, Session& session, std::string_view verb);

// --only, --skip, --max-disruption
std::vector<OptionRow> selection_options();
std::vector<OptionRow> planning_options();  // and what may be done to traffic
// the above and --on-failure, --confirm-within, --wait
std::vector<OptionRow> writing_options();

// The lock, waiting as long as --wait and --timeout say.
Result<std::unique_ptr<StateStore::Lock>> take_lock(Context& context);

}  // namespace tuner
