#include "cli/confirmation.h"
#include "cli/render_json.h"
#include "cli/render_text.h"
#include "cli/session.h"
#include "cli/sync.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

Answer run(Context& context) {
  auto opened = open_session(context, /*writing=*/true);
  if (!opened.session) return std::move(opened.answer);
  Session& session = *opened.session;
  context.terminal.result(heading(session));
  Written written = write_plan(context, session, "apply");
  const ApplyReport& report = written.report;
  context.terminal.result(plan_text(report.plan, Rows::OnlyTrouble, context));
  if (report.writes == 0) context.terminal.result("nothing was written\n");
  context.terminal.result(written.next_step);
  *written.answer.body = plan_json(report.plan);
  (*written.answer.body)["undone"] = steps_json(report.undone);
  (*written.answer.body)["pending_confirm"] = pending_json(context);
  return std::move(written.answer);
}

}  // namespace

Verb apply_verb() {
  return {
      .name = "apply",
      .summary =
          "sets what differs, journal first, and reads it back; takes it all back when it fails",
      .words = {},
      .writes = true,
      .options = writing_options(),
      .run = run};
}

}  // namespace tuner
