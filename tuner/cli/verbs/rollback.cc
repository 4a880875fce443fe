#include "engine/rollback.h"

#include "base/rfc3339.h"
#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "cli/render/text.h"
#include "cli/steps/session.h"
#include "cli/steps/sync.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/plan.h"
#include "engine/confirm.h"
#include "engine/history.h"
#include "engine/not_known.h"
#include "host/facts/collect.h"
#include "host/process/process.h"
#include "knobs/catalog.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

struct RollbackRequest {
  std::string run;  // only this run; empty: everything since the first apply
  bool force = false;
  bool salvage = false;
  bool dry_run = false;
  std::chrono::seconds lock_wait{0};
};

Result<RollbackRequest> rollback_request(const Options& options) {
  return RollbackRequest{.run = options.run,
                         .force = options.force,
                         .salvage = options.salvage,
                         .dry_run = options.dry_run,
                         .lock_wait = lock_wait(options)};
}

// The setting is not restored; a later rollback has to retry it.
bool is_left_over(const Step& step) {
  return step.status == Status::Failed || step.status == Status::Unreadable ||
         step.status == Status::NoSubject;
}

// A setting that others changed is left alone on purpose: drift (2), not a failure.
ExitCode code_of(const RollbackReport& report) {
  const bool known = !report.journal_error && report.not_known.empty();
  ExitCode code = known ? ExitCode::Ok : ExitCode::Failed;
  for (const Step& step : report.steps) {
    if (is_left_over(step)) code = worst(code, ExitCode::Failed);
    if (step.status == Status::Blocked) code = worst(code, ExitCode::Drift);
  }
  return code;
}

void keep_history(Context& context, const RunInfo& run, const RollbackReport& report) {
  const HistoryEntry entry{.run = run,
                           .verb = "rollback",
                           .end = "rolled-back",
                           .because = {},
                           .changes = changes_of(report.steps)};
  if (auto kept = append_history(context.store, entry); !kept) {
    context.terminal.talk("warning: the history was not written: " + kept.error().text);
  }
}

// Ends the confirmation window of an undone run. If a setting was not restored, the run stays
// pending: its guard retries the rollback when the window is over.
void end_pending(Context& context, const std::string& run,
                 const Result<std::optional<PendingConfirm>>& pending,
                 const std::vector<Step>& steps, Answer& answer) {
  const bool failed = std::ranges::any_of(steps, is_left_over);
  const bool another = !run.empty() && (!pending || !*pending || (*pending)->run != run);
  if (failed || another || (pending && !*pending)) return;
  std::optional<Error> lost;
  const Outcome settled =
      pending ? decide_pending(context.store, **pending, PendingConfirm::Stage::Undone, lost)
              : remove_record(context.store);
  if (!settled) {
    answer.errors.push_back(settled.error());
    answer.exit_code = worst(answer.exit_code, ExitCode::Failed);
  } else if (pending) {
    context.terminal.result(text_line("run {} no longer waits for confirmation", (*pending)->run));
  }
}

void add_not_known(const std::vector<std::string>& sentences, const Journal& journal,
                   Answer& answer) {
  const std::string hint = journal.damage() ? journal.damage()->hint : std::string();
  for (const std::string& sentence : sentences) {
    answer.errors.push_back({.fault = Fault::Io, .text = sentence, .hint = hint});
    answer.exit_code = worst(answer.exit_code, ExitCode::Failed);
  }
}

document::Rollback rollback_body(const std::vector<Step>& steps) {
  return {.steps = steps_document(steps), .summary = summary_document(steps), .set_aside = {}};
}

// For --salvage: moves a damaged journal aside. The rollback itself closes an intact one.
void salvage(Context& context, Journal& journal, Answer& answer) {
  if (!journal.damage()) return;
  std::string stamp = rfc3339(context.host.clock().now());
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  const auto name = journal.set_aside(context.store, stamp);
  if (!name) {
    answer.errors.push_back(name.error());
    return;
  }
  context.terminal.result(text_line(
      "the damaged journal is now {}; the next apply records the values that it finds as originals",
      *name));
  answer.body->get_if<document::Rollback>()->set_aside = *name;
}

// Lists what a rollback would restore now; exit code 2 if there is anything.
Answer dry_run(Context& context, const RollbackRequest& request) {
  const HostIdentity identity = collect_identity(context.host);
  const auto journal = Journal::load(context.store, identity.boot_id, identity.net_namespace);
  if (!journal) return failure(journal.error());
  const RollbackOptions options{.run = request.run, .force = request.force};
  const auto steps = plan_rollback(context.host, *journal, catalog(), options);
  if (!steps)
    return failure(steps.error().fault == Fault::Invalid ? ExitCode::Usage : ExitCode::Failed,
                   steps.error());
  Answer answer;
  const auto is_left_to_do = [](const Step& step) { return step.status != Status::InSync; };
  if (std::ranges::any_of(*steps, is_left_to_do)) answer.exit_code = ExitCode::Drift;
  *answer.body = rollback_body(*steps);
  add_not_known(not_known(context.store, *journal, catalog()), *journal, answer);
  const std::string_view nothing =
      answer.errors.empty() ? "nothing to roll back\n" : "the journal proves no original\n";
  context.terminal.result(steps->empty() ? std::string(nothing)
                                         : plan_text({.steps = *steps}, Rows::All, context));
  return answer;
}

// The last run of the history, if it changed settings in this boot and was not undone.
Result<std::optional<RunInfo>> applied_by_history(const StateStore& store,
                                                  std::string_view boot_id) {
  const auto history = TRY(read_last_entry(store));
  if (history.entries.empty()) return std::optional<RunInfo>();
  const HistoryEntry& last = history.entries.back();
  const bool stands = (last.end == "applied" || last.end == "confirmed") &&
                      last.run.boot_id == boot_id && !last.changes.empty();
  return stands ? std::optional(last.run) : std::nullopt;
}

// This boot has no journal. Nothing was applied only if the history agrees. This rollback is added
// to the history, so the next one no longer finds the contradiction.
Answer nothing_to_undo(Context& context, Journal& journal) {
  Answer answer;
  *answer.body = rollback_body({});
  const auto told = applied_by_history(context.store, journal.boot_id());
  if (!told || *told) {
    answer.exit_code = ExitCode::Failed;
    answer.errors.push_back(
        told ? Error{.fault = Fault::Io,
                     .text = fmt::format("{} is missing: the history shows that run {} was applied "
                                         "in this boot; its originals are unknown",
                                         kJournalPath, (*told)->id),
                     .hint = "ktls-tuner status --history lists the values before it"}
             : told.error());
    context.terminal.result("no known settings to roll back\n");
    if (told) {
      RunInfo run = **told;
      run.at = rfc3339(context.host.clock().now());
      run.by = current_user_text();
      keep_history(context, run, {});
    }
    return answer;
  }
  context.terminal.result("nothing to roll back: nothing was applied since boot\n");
  // Removes the journal of an earlier boot, or of a rollback that was killed before its last step.
  if (auto cleared = journal.clear(context.store); !cleared) return failure(cleared.error());
  return answer;
}

// The result of a rollback: exit code, errors, document and text.
Answer answer_of(Context& context, const std::string& run, const Journal& journal,
                 const RollbackReport& report) {
  Answer answer;
  answer.exit_code = code_of(report);
  if (report.journal_error) answer.errors.push_back(*report.journal_error);
  for (const Step& step : report.steps) {
    if (step.status == Status::Done || step.status == Status::InSync) continue;
    answer.errors.push_back({.fault = Fault::Refused,
                             .text = fmt::format("{} {}: {}", step.desired.subject.knob,
                                                 step.desired.subject.name, step.because),
                             .hint = step.observed.hint});
  }
  *answer.body = rollback_body(report.steps);
  add_not_known(report.not_known, journal, answer);
  const std::string undone = run.empty() ? "the first apply" : "run " + run;
  context.terminal.result(report.complete() ? text_line("all is as it was before {}", undone)
                                            : "not everything is as it was; see above\n");
  return answer;
}

// The history is written before the answer is made: it must name this rollback even if the terminal
// is gone.
Answer undo(Context& context, const RollbackRequest& request, const HostIdentity& identity,
            Journal& journal, const Result<std::optional<PendingConfirm>>& pending) {
  // A missing capability is found before the first write, not in the middle.
  if (auto may = may_restore(context.host, journal); !may) return failure(may.error());
  RunInfo run =
      journal.runs().empty() ? RunInfo{.boot_id = identity.boot_id} : journal.runs().back().info;
  run.at = rfc3339(context.host.clock().now());
  run.by = current_user_text();
  const RollbackOptions options{
      .run = request.run, .force = request.force, .on_step = [&](const Step& step) {
        context.terminal.result(step_line(step, context));
      }};
  auto report = rollback(context.host, context.store, journal, catalog(), options);
  if (!report)
    return failure(report.error().fault == Fault::Invalid ? ExitCode::Usage : ExitCode::Failed,
                   report.error());
  keep_history(context, run, *report);
  Answer answer = answer_of(context, request.run, journal, *report);
  if (request.salvage) salvage(context, journal, answer);
  end_pending(context, request.run, pending, report->steps, answer);
  return answer;
}

// A rollback needs no profile and opens no session: it must work if the profile is gone or invalid.
Answer answer_rollback(Context& context, const RollbackRequest& request) {
  if (request.dry_run) return dry_run(context, request);
  auto lock = take_lock(context, request.lock_wait);
  if (!lock) return failure(lock.error());
  const HostIdentity identity = collect_identity(context.host);
  if (auto known = is_known(identity); !known) return failure(known.error());
  auto journal = Journal::load(context.store, identity.boot_id, identity.net_namespace);
  if (!journal) return failure(journal.error());
  if (auto here = journal->of_this_namespace(); !here) return failure(here.error());
  const auto pending = load_pending(context.store, identity.boot_id);
  if (journal->entries().empty() && journal->runs().empty() && !journal->damage()) {
    if (!request.run.empty()) {
      return failure(ExitCode::Usage,
                     {.fault = Fault::Invalid,
                      .text = fmt::format("no run {}: nothing was applied since boot", request.run),
                      .hint = "ktls-tuner status --history lists earlier runs"});
    }
    Answer answer = nothing_to_undo(context, *journal);
    end_pending(context, request.run, pending, {}, answer);
    return answer;
  }
  return undo(context, request, identity, *journal, pending);
}

}  // namespace

Verb rollback_verb() {
  return {
      .name = "rollback",
      .summary =
          "restores the exact state before the first apply; reports and leaves settings that "
          "others changed",
      .words = {},
      .writes = true,
      .options =
          {{"--run", "ID", "undo only this run; refused while later runs depend on it",
            into<&Options::run>()},
           {"--force", "",
            "also restore settings that others changed; give up settings that no longer exist",
            into<&Options::force>()},
           {"--salvage", "", "move a damaged journal aside after restoring what it proves",
            into<&Options::salvage>()},
           {"--dry-run", "", "only list what would be restored; exit with 2 if anything would",
            into<&Options::dry_run>()},
           {"--wait", "", "wait for another run's lock, up to --timeout", into<&Options::wait>()}},
      .help = {.takes = {"--explain", "--timeout"},
               .examples = {{"ktls-tuner rollback --dry-run",
                             "list what would be restored; writes nothing"},
                            {"ktls-tuner rollback", "restore the state before the first apply"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Usage,
                         ExitCode::Bug, ExitCode::Busy, ExitCode::NotPermitted}},
      .prepare = with_request<rollback_request, answer_rollback>};
}

}  // namespace tuner
