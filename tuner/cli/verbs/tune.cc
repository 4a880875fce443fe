#include "document/tune.h"

#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "cli/render/text.h"
#include "cli/steps/confirmation.h"
#include "cli/steps/probe_run.h"
#include "cli/steps/session.h"
#include "cli/steps/sync.h"
#include "cli/steps/tune_bench.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/plan.h"
#include "document/probe.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

namespace tuner {
namespace {

std::string_view verdict_word(ExitCode code) {
  switch (code) {
    case ExitCode::Ok: return "ok";
    case ExitCode::Drift: return "drift";
    case ExitCode::PathNotTaken: return "path_not_taken";
    case ExitCode::Unsupported: return "unsupported";
    default: return "failed";
  }
}

// `tuned`: the exit code of the tuning alone.
Answer finish(Context& context, Answer answer, document::Tune body, const std::string& next_step,
              ExitCode tuned) {
  const std::string_view word = verdict_word(tuned);
  body.verdict = word;
  body.pending_confirm = pending_now(context);
  *answer.body = std::move(body);
  context.terminal.result(text_line("verdict: {}", word));
  context.terminal.result(next_step);
  return answer;
}

void headline(const Context& context, std::string_view title) {
  context.terminal.result(fmt::format("\n== {} ==\n", title));
}

struct TuneRequest {
  ApplyRequest apply;
  bool bench = false;
};

Error before_the_first_write(Error error) {
  error.text += "; nothing was written";
  return error;
}

// Nothing was measured, or not all of it: then a comparison would be of less than was asked for.
Result<SavedDocument> bench_before(Context& context) {
  headline(context, "bench before");
  auto bench = bench_for_tune(context);
  if (!bench) return fail(before_the_first_write(bench.error()));
  if (!bench->errors.empty()) return fail(before_the_first_write(bench->errors.front()));
  return std::move(bench->document);
}

// The plan is made again after the apply, by the function that `check` uses. A write that the
// driver has lost since then is drift here and not success.
Answer answer_tune(Context& context, const TuneRequest& asked) {
  const ApplyRequest& request = asked.apply;
  auto opened = open_session(context, request.session, /*writing=*/true);
  if (!opened.session) return std::move(opened.answer);
  Session& session = *opened.session;
  document::Tune body;

  const Plan before = look(context, session);
  context.terminal.result(heading(context, session));
  headline(context, "plan");
  context.terminal.result(plan_text(before, Rows::All, context));
  body.plan = plan_document(before);

  std::optional<SavedDocument> measured;
  if (asked.bench) {
    auto bench = bench_before(context);
    if (!bench) return failure(ExitCode::Failed, bench.error());
    measured = std::move(*bench);
  }

  headline(context, "apply");
  Written written = write_plan(context, session, request.write, "tune");
  body.apply = plan_document(written.report.plan);
  // Without the settings of the profile a probe would prove another machine.
  if (written.answer.exit_code != ExitCode::Ok) {
    if (written.report.writes == 0) context.terminal.result("nothing was written\n");
    const ExitCode tuned = written.answer.exit_code;
    return finish(context, std::move(written.answer), std::move(body), written.next_step, tuned);
  }

  headline(context, "check");
  const Plan after = look(context, session);
  Answer answer;
  judge_plan(after, answer);
  context.terminal.result(plan_text(after, Rows::OnlyTrouble, context));
  body.check = plan_document(after);

  headline(context, "probe");
  const auto began = context.host.clock().now();
  Proof proof = prove(context, session.profile);
  save_report(context, proof, began);
  answer.exit_code = worst(answer.exit_code, proof.answer.exit_code);
  for (Error& error : proof.answer.errors) answer.errors.push_back(std::move(error));
  if (proof.report) {
    body.probe = probe_document(*proof.report);
    body.warnings = proof.report->report().warnings;
  }
  const ExitCode tuned = answer.exit_code;
  if (measured) {
    headline(context, "bench after");
    const std::size_t known = answer.errors.size();
    body.bench = bench_after_tune(context, *measured, answer.errors);
    if (answer.errors.size() > known) answer.exit_code = worst(tuned, ExitCode::Failed);
  }
  return finish(context, std::move(answer), std::move(body), written.next_step, tuned);
}

Result<TuneRequest> tune_request(const Options& options) {
  if (options.bench && options.confirm_within)
    return fail(Fault::Invalid, "--bench and --confirm-within exclude each other",
                "a benchmark of a run that is undone meanwhile compares nothing: confirm first, "
                "and compare with ktls-tuner bench --compare");
  return TuneRequest{.apply = TRY(apply_request(options)), .bench = options.bench};
}

std::vector<OptionRow> options_of_tune() {
  auto rows = writing_options();
  rows.push_back({"--bench", "", "measure for 15 seconds before and after, and show the difference",
                  into<&Options::bench>()});
  return rows;
}

}  // namespace

Verb tune_verb() {
  return {
      .name = "tune",
      .summary = "runs plan, apply, check and probe, and gives a verdict",
      .words = {},
      .writes = true,
      .options = options_of_tune(),
      .help = {.takes = {"--profile", "--explain", "--verbose", "--timeout"},
               .examples = {{"ktls-tuner tune -p edge-server",
                             "set the profile, and prove it with real TLS connections"},
                            {"ktls-tuner tune -p edge-server --confirm-within 5m",
                             "over SSH: undo the run after five minutes, unless it is confirmed"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::PathNotTaken,
                         ExitCode::Unsupported, ExitCode::Usage, ExitCode::Bug, ExitCode::Busy,
                         ExitCode::NotPermitted, ExitCode::ProfileInvalid}},
      .prepare = with_request<tune_request, answer_tune>};
}

}  // namespace tuner
