#include "cli/render_json.h"
#include "cli/render_text.h"
#include "cli/session.h"
#include "cli/sync.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

// For cron: silent when all is well.
Answer run(Context& context) {
  auto opened = open_session(context, /*writing=*/false);
  if (!opened.session) return std::move(opened.answer);
  // What differs is drift whatever writing it takes, unless the apply it is held against was not
  // allowed to write it either.
  const RunInfo* active = opened.session->journal.active();
  if (active != nullptr) opened.session->options.max_disruption = active->max_disruption;
  opened.session->options.force = true;
  opened.session->options.spare_session = false;
  const Plan plan = look(context, *opened.session);
  Answer answer;
  *answer.body = plan_json(plan);
  judge_plan(plan, answer);
  if (context.options.verbose || answer.exit_code != ExitCode::Ok) {
    context.terminal.result(heading(*opened.session));
    context.terminal.result(
        plan_text(plan, context.options.verbose ? Rows::All : Rows::OnlyTrouble, context));
  }
  return answer;
}

}  // namespace

Verb check_verb() {
  return {
      .name = "check",
      .summary =
          "the drift check for cron and timers: exit 2 names what drifted; silent when all is well",
      .words = {},
      .options = selection_options(),
      .run = run};
}

}  // namespace tuner
