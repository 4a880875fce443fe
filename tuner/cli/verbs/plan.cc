#include "document/plan.h"

#include "cli/render/documents.h"
#include "cli/render/text.h"
#include "cli/steps/session.h"
#include "cli/steps/sync.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"

namespace tuner {
namespace {

// The lock is not taken: a plan during an apply shows a state in between, and blocks no other run.
Answer answer_plan(Context& context, const SessionRequest& request) {
  auto opened = open_session(context, request, /*writing=*/false);
  if (!opened.session) return std::move(opened.answer);
  const Plan plan = look(context, *opened.session);
  context.terminal.result(heading(context, *opened.session));
  context.terminal.result(plan_text(plan, Rows::All, context));
  Answer answer;
  if (context.options.json) *answer.body = plan_document(plan);
  judge_plan(plan, answer);
  return answer;
}

}  // namespace

Verb plan_verb() {
  return {.name = "plan",
          .summary =
              "compares observed with wanted settings, one row each, with the reason; never writes",
          .words = {},
          .options = planning_options(),
          .help = {.takes = {"--profile", "--root", "--explain", "--verbose", "--timeout"},
                   .examples = {{"ktls-tuner plan -p edge-server", "show what apply would write"},
                                {"ktls-tuner plan -p edge-server --only sysctl --explain",
                                 "only sysctls, each with its reason, profile line and owner"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Unsupported,
                             ExitCode::Usage, ExitCode::DataUnusable, ExitCode::Bug,
                             ExitCode::ProfileInvalid}},
          .prepare = with_request<session_request, answer_plan>};
}

}  // namespace tuner
