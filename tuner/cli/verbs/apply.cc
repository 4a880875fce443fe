#include "cli/render/documents.h"
#include "cli/render/text.h"
#include "cli/steps/boot.h"
#include "cli/steps/confirmation.h"
#include "cli/steps/restart_services.h"
#include "cli/steps/session.h"
#include "cli/steps/sync.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/plan.h"

#include <algorithm>

namespace tuner {
namespace {

// Those whose drop-ins are new, and those that were not restarted since an earlier run.
void restart(Context& context, const std::vector<Step>& steps, Answer& answer) {
  std::vector<std::string> units;
  for (const std::string& unit : service_units(steps)) {
    const bool is_new = std::ranges::any_of(steps, [&](const Step& step) {
      return step.status == Status::Done && step.desired.subject.knob == "services" &&
             step.desired.subject.name.starts_with(unit + "/");
    });
    const auto behind = runs_without_drop_in(context.host, unit);
    if (is_new || !behind || *behind) units.push_back(unit);
  }
  const auto done = restart_services(context.host, units, restart_hooks(context));
  if (done) return;
  answer.errors.push_back(done.error());
  answer.exit_code = ExitCode::Failed;
}

Answer apply_once(Context& context, const ApplyRequest& request) {
  auto opened = open_session(context, request.session, /*writing=*/true);
  if (!opened.session) return std::move(opened.answer);
  Session& session = *opened.session;
  context.terminal.result(heading(context, session));
  Written written = write_plan(context, session, request.write, "apply");
  const ApplyReport& report = written.report;
  context.terminal.result(plan_text(report.plan, Rows::OnlyTrouble, context));
  if (report.writes == 0) context.terminal.result("nothing was written\n");
  context.terminal.result(written.next_step);
  if (request.restart_services && written.answer.exit_code == ExitCode::Ok)
    restart(context, report.plan.steps, written.answer);
  if (context.options.json) {
    *written.answer.body = document::Apply{plan_document(report.plan),
                                           steps_document(report.undone), pending_now(context)};
  }
  return std::move(written.answer);
}

// The count is written before anything is set and removed at the end, whatever the result: an apply
// that fails and returns has not hung the machine.
// A person who types `apply` decides for this boot, and resets the count.
Answer answer_apply(Context& context, const ApplyRequest& request) {
  if (request.write.unattended) {
    if (auto skipped = boot_skip_result(context)) return std::move(*skipped);
  }
  if (!request.boot) return apply_once(context, request);
  if (auto counted = count_boot(context); !counted) return failure(counted.error());
  Answer answer = apply_once(context, request);
  end_boot(context);
  return answer;
}

std::vector<OptionRow> apply_options() {
  auto rows = writing_options();
  rows.push_back({"--boot", "",
                  "for the boot unit: count attempts; after three that did not finish, unattended "
                  "runs set nothing",
                  into<&Options::boot>()});
  rows.push_back({"--restart-services", "",
                  "restart the services of the profile that run without their drop-ins, one after "
                  "the other; stop at the first that does not come back, and revert its drop-ins",
                  into<&Options::restart_services>()});
  return rows;
}

}  // namespace

Verb apply_verb() {
  return {
      .name = "apply",
      .summary = "writes what differs (journaled first), verifies it, and rolls back on failure",
      .words = {},
      .writes = true,
      .options = apply_options(),
      .help = {.takes = {"--profile", "--explain", "--verbose", "--timeout"},
               .examples = {{"ktls-tuner apply -p edge-server --confirm-within 60s",
                             "undo the run after a minute, unless `ktls-tuner confirm` shows that "
                             "the host is still reachable"},
                            {"ktls-tuner apply -p edge-server --persist",
                             "keep the settings across reboots"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Unsupported,
                         ExitCode::Usage, ExitCode::Bug, ExitCode::Busy, ExitCode::NotPermitted,
                         ExitCode::ProfileInvalid}},
      .prepare = with_request<apply_request, answer_apply>};
}

}  // namespace tuner
