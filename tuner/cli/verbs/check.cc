#include "cli/output/wrap.h"
#include "cli/render/documents.h"
#include "cli/render/job_scan.h"
#include "cli/render/log_lines.h"
#include "cli/render/text.h"
#include "cli/steps/boot.h"
#include "cli/steps/check_job.h"
#include "cli/steps/job_scan.h"
#include "cli/steps/session.h"
#include "cli/steps/sync.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/job_scan.h"
#include "document/plan.h"
#include "engine/confirm.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>

namespace tuner {
namespace {

using LockOrNone = std::unique_ptr<StateStore::Lock>;

// A setting that differs is drift, even if writing it would disturb traffic (force, no login
// session spared). Exception: writes that the last apply's --max-disruption did not allow.
Plan look_for_drift(const Context& context, const CheckJob& job, Session& session) {
  const PlanOptions as_asked = session.options;
  PlanOptions& options = session.options;
  options.every_owner = options.every_owner || !job.report.empty();
  options.napi_threads = false;  // no value depends on it, and a check opens no file for a note
  if (const RunInfo* active = session.journal.active()) allow_as(*active, options);
  options.force = true;
  options.spare_session = false;
  Plan plan = look(context, session);
  options = as_asked;
  return plan;
}

// A check that records its result takes the lock: the half-done changes of another run are not
// drift. Null without an error: no lock is needed, or an ordinary user checks without recording.
Result<LockOrNone> take_lock_to_record(Context& context, const CheckJob& job,
                                       std::chrono::seconds wait) {
  if (!job.records() || !context.options.root.empty()) return LockOrNone();
  auto lock = take_lock(context, wait);
  if (!lock && lock.error().fault == Fault::NotPermitted && !job.repair) return LockOrNone();
  return lock;
}

// By path and not by name: two files may have the same name, in /etc and in the package.
bool is_active(const Session& session) {
  const RunInfo* active = session.journal.active();
  return active != nullptr && active->path == session.path;
}

// A repair only re-applies what apply has set. It refuses another profile and a profile that was
// changed since then.
std::optional<Error> nothing_to_repair(const Session& session) {
  const RunInfo* active = session.journal.active();
  if (!is_active(session)) {
    return Error{.fault = Fault::Refused,
                 .text = fmt::format("--repair re-applies the active profile, and {} is not active",
                                     session.profile.name),
                 .hint = "ktls-tuner apply activates it"};
  }
  if (active->digest == session.profile.digest) return std::nullopt;
  return Error{.fault = Fault::Refused,
               .text = fmt::format("{} was changed since it was applied at {}: nothing is repaired",
                                   active->profile, active->at),
               .hint = "ktls-tuner apply sets the current version"};
}

// Silent in sync, because cron sends a mail for each output; but a program at risk is told.
void show(const Context& context, const Session& session, CheckResult& result) {
  const bool verbose = context.options.verbose;
  const bool well = result.answer.exit_code == ExitCode::Ok && result.repaired == 0;
  const auto& boot_id = session.identity.boot_id;
  const std::optional<ProgramScan> no_look;
  const auto& programs = result.known ? result.known->programs : no_look;
  if (well && !verbose && !needs_action(programs, boot_id)) return;
  if (goes_to_log(STDOUT_FILENO) && !verbose)
    return context.terminal.result(program_log_lines(programs, boot_id) +
                                   (well ? std::string() : log_lines(*result.plan)));
  if (result.known) confirm_programs(context.host, *result.known, !context.options.root.empty());
  if (!well || verbose) {
    context.terminal.result(heading(context, session));
    context.terminal.result(
        plan_text(*result.plan, verbose ? Rows::All : Rows::OnlyTrouble, context));
  }
  const std::string text = result.known
                               ? programs_text(programs, boot_id, context.host.clock().now())
                               : "programs: unknown: the record of the drift job is not readable\n";
  context.terminal.result(wrapped_lines(text, context.terminal.display().width, 2));
}

void judge_again(Plan plan, CheckResult& result) {
  judge_plan(plan, result.answer);
  result.plan = std::move(plan);
}

enum class Remedy { None, Ask, Apply };

// Decides on the repair. If it is needed but refused, the reason is added to the errors.
// A refusal is an error of this check and not silence: --repair in a cron line that never repairs
// would look like a host without drift.
Remedy remedy_for(const CheckJob& job, const Session& session, CheckResult& result) {
  const bool asked = job.repair || job.defer_repair;
  if (!asked || result.answer.exit_code == ExitCode::Ok) return Remedy::None;
  if (auto refused = nothing_to_repair(session)) {
    result.answer.errors.push_back(std::move(*refused));
    return Remedy::None;
  }
  if (summarize(result.plan->steps).change == 0) return Remedy::None;
  return job.repair ? Remedy::Apply : Remedy::Ask;
}

// The check's unit is read-only (ProtectSystem=strict). The file is the condition of the
// repair unit, which may write.
void ask_for_repair(Context& context, const std::string& profile, CheckResult& result) {
  auto asked = context.store.replace(kRepairRequestPath, profile + "\n");
  if (asked) return;
  result.answer.errors.push_back(asked.error());
  result.answer.exit_code = worst(result.answer.exit_code, ExitCode::Failed);
}

// An apply with the disruption limit of the active run, with journal and history as any apply.
// A repair is not allowed to disturb traffic more than the person who applied the profile was.
std::vector<Step> repair(Context& context, Session session, const WriteRequest& request,
                         CheckResult& result) {
  allow_as(*session.journal.active(), session.options);
  Written written = write_plan(context, session, request, "check");
  result.answer = std::move(written.answer);
  std::vector<Step> steps;
  std::ranges::copy_if(written.report.plan.steps, std::back_inserter(steps), [](const Step& step) {
    return step.status == Status::Done || step.status == Status::Failed;
  });
  result.repaired = static_cast<int>(std::ranges::count(steps, Status::Done, &Step::status));
  if (written.report.end != ApplyReport::End::Applied) result.repaired = 0;
  return steps;
}

document::Check check_document(const Context& context, const Session& session,
                               CheckResult& result) {
  document::Check body{plan_document(*result.plan), {}, {}, {}};
  if (result.known) {
    confirm_programs(context.host, *result.known, !context.options.root.empty());
    body.programs = programs_at_risk_document(result.known->programs, session.identity.boot_id);
  }
  body.sessions = sessions_document(result.scan.sessions, context.host.clock().now());
  return body;
}

CheckResult check(Context& context, const CheckRequest& request, const CheckJob& job,
                  LockOrNone& lock) {
  CheckResult result;
  // The request is fulfilled by a repair. A job that defers the repair renews it if needed.
  if (job.repair || request.job) static_cast<void>(context.store.remove(kRepairRequestPath));
  auto opened = open_session(context, request.session, /*writing=*/job.repair);
  if (!opened.session) {
    result.answer = std::move(opened.answer);
    return result;
  }
  Session& session = *opened.session;
  result.of_active = is_active(session);
  result.is_whole = request.session.is_whole();
  judge_again(look_for_drift(context, job, session), result);
  std::vector<Step> repaired;
  const Remedy remedy = remedy_for(job, session, result);
  if (remedy == Remedy::Ask) ask_for_repair(context, session.profile.name, result);
  if (remedy == Remedy::Apply) {
    lock.reset();  // write_plan() takes the lock
    repaired = repair(context, session, request.write, result);
    auto again = take_lock_to_record(context, job, request.write.lock_wait);
    if (again) lock = std::move(*again);
    judge_again(look_for_drift(context, job, session), result);
  }
  // A changed source is drift on its own: the settings match the approved copy, so no step shows
  // it.
  if (!session.source_changed.empty()) {
    context.terminal.talk("note: " + session.source_changed);
    result.answer.exit_code = worst(result.answer.exit_code, ExitCode::Drift);
  }
  if (request.job) result.scan = scan_for_job(context, session.profile.key_update);
  update_drift_times(context, job, lock != nullptr, result);
  if (context.options.json || !job.report.empty()) {
    document::Check body = check_document(context, session, result);
    if (job.repair) body.repaired = steps_document(repaired);
    *result.answer.body = std::move(body);
  }
  show(context, session, result);
  return result;
}

// After failed boots (cli/steps/boot.h) the check still reports drift but does not repair.
void skip_repair_after_failed_boots(const Context& context, CheckJob& job) {
  const std::string because = boot_skip_text(context);
  if (because.empty()) return;
  context.terminal.talk("note: " + because);
  job.repair = job.defer_repair = false;
}

// Reports an overdue run as an error. An unattended start has already tried to undo it
// (cli/steps/overdue.h): the attempt failed, or this check may not write. In the second case the
// repair unit is asked to do it.
void judge_overdue(Context& context, const CheckRequest& request, CheckResult& result) {
  if (!request.job && !request.repair) return;
  const auto pending = load_pending(context.store, collect_identity(context.host).boot_id);
  if (!pending || !*pending || state_of(context.host, **pending) != PendingState::Overdue) return;
  result.answer.errors.push_back({.fault = Fault::Refused,
                                  .text = pending_text(context.host, **pending),
                                  .hint = pending_hint(context.host, **pending)});
  result.answer.exit_code =
      worst(result.answer.exit_code, request.defer_repair ? ExitCode::Drift : ExitCode::Failed);
  if (request.defer_repair) ask_for_repair(context, (*pending)->profile, result);
}

// For cron and timers: silent if everything is in sync.
Answer answer_check(Context& context, const CheckRequest& request) {
  auto decided = decide_job(context, request);
  if (!decided.job) return std::move(decided.answer);
  CheckJob& job = *decided.job;
  if (job.repair || job.defer_repair) skip_repair_after_failed_boots(context, job);
  wait_start_delay(context.host, job.splay);
  const auto began = context.host.clock().now();
  auto lock = take_lock_to_record(context, job, request.write.lock_wait);
  if (!lock) return failure(lock.error());
  CheckResult result = check(context, request, job, *lock);
  judge_overdue(context, request, result);
  if (!result.plan) {
    if (request.job) result.scan = scan_for_job(context, std::nullopt);
    update_drift_times(context, job, *lock != nullptr, result);
  }
  write_results(context, job, began, result);
  return std::move(result.answer);
}

std::vector<OptionRow> check_options() {
  auto rows = selection_options();
  rows.push_back({"--metrics", "FILE",
                  "write metrics to FILE, for node_exporter's textfile collector",
                  into<&Options::metrics>()});
  rows.push_back(
      {"--report", "FILE", "write this check's JSON document to FILE", into<&Options::report>()});
  rows.push_back({"--repair", "",
                  "re-apply drifted settings within the last apply's --max-disruption",
                  into<&Options::repair>()});
  rows.push_back({"--job", "",
                  "for timer and cron: --if-active, wait for the lock, write metrics and report to "
                  "their default places, read /etc/ktls-tuner/ktls-tuner.yaml",
                  into<&Options::job>()});
  rows.push_back({"--defer-repair", "",
                  "with --job: leave repairs to ktls-tuner-repair.service, which may write",
                  into<&Options::defer_repair>()});
  rows.push_back(
      {"--settings", "FILE", "with --job: settings file to use", into<&Options::settings>()});
  rows.push_back(
      {"--splay", "TIME",
       "start delay, at most TIME, stable per host (30m); `settings`: as in the settings file",
       into<&Options::splay>()});
  return rows;
}

}  // namespace

Verb check_verb() {
  return {.name = "check",
          .summary =
              "drift check for cron and timers: lists drifted settings and exits with 2; silent "
              "when in sync",
          .words = {},
          .options = check_options(),
          .help = {.takes = {"--profile", "--root", "--explain", "--verbose", "--timeout"},
                   .examples =
                       {{"ktls-tuner check",
                         "list what drifted from the active profile; print nothing if nothing did"},
                        {"ktls-tuner check -p edge-server --verbose",
                         "hold this machine against a profile, settings in sync included"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Unsupported,
                             ExitCode::Usage, ExitCode::DataUnusable, ExitCode::Bug, ExitCode::Busy,
                             ExitCode::NotPermitted, ExitCode::ProfileInvalid}},
          .prepare = with_request<check_request, answer_check>};
}

}  // namespace tuner
