#include "cli/steps/sync.h"

#include "base/rfc3339.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/text.h"
#include "cli/steps/confirmation.h"
#include "cli/steps/interrupt.h"
#include "engine/approved.h"
#include "engine/boot_attempts.h"
#include "engine/history.h"
#include "host/facts/collect.h"
#include "host/process/process.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

std::string_view end_name(ApplyReport::End end) {
  switch (end) {
    case ApplyReport::End::Nothing:
    case ApplyReport::End::Applied: return "applied";
    case ApplyReport::End::Refused: return "refused";
    case ApplyReport::End::Failed: return "failed";
    case ApplyReport::End::RolledBack: return "rolled-back";
  }
  return "failed";
}

// Prints one line for each write, as it happens.
std::function<void(const Step&)> announcer(const Context& context) {
  return [&context](const Step& step) { context.terminal.result(step_line(step, context)); };
}

// For the sentence "… is required and …".
std::string status_phrase(Status status) {
  return status == Status::NoSubject ? "has no subject here" : std::string(status_name(status));
}

void add_refusals(const Plan& plan, Answer& answer) {
  for (const Step& step : plan.steps) {
    if (!cannot_be_met(step)) continue;
    Error error{
        .fault = Fault::Unsupported,
        .text = fmt::format("{} {} is required and {}: {}", step.desired.subject.knob,
                            step.desired.subject.name, status_phrase(step.status), step.because),
        .hint = step.observed.hint};
    // A check that repairs judges two plans; do not repeat the error.
    if (std::ranges::count(answer.errors, error.text, &Error::text) == 0)
      answer.errors.push_back(std::move(error));
  }
}

void keep_history(Context& context, const Session& session, const RunInfo& run,
                  std::string_view verb, Written& written) {
  const auto changes = changes_of(written.report.plan.steps);
  // A run that changed nothing is no event of the history.
  if (changes.empty() && written.report.end == ApplyReport::End::Nothing) return;
  const HistoryEntry entry{.run = run,
                           .verb = std::string(verb),
                           .end = std::string(end_name(written.report.end)),
                           .because = {},
                           .changes = changes};
  if (auto kept = append_history(context.store, entry); !kept) {
    context.terminal.talk(fmt::format("warning: the history of {} was not written: {}",
                                      session.profile.name, kept.error().text));
  }
}

ExitCode code_of(const ApplyReport& report) {
  switch (report.end) {
    case ApplyReport::End::Nothing:
    case ApplyReport::End::Applied: return ExitCode::Ok;
    case ApplyReport::End::Refused:
      if (!report.error) return ExitCode::Unsupported;
      break;
    case ApplyReport::End::Failed:
    case ApplyReport::End::RolledBack: break;
  }
  return report.error ? worst(ExitCode::Failed, exit_code_of(report.error->fault))
                      : ExitCode::Failed;
}

void show_end(const Context& context, const ApplyReport& report) {
  const Terminal& terminal = context.terminal;
  if (report.end == ApplyReport::End::Applied)
    terminal.result(text_line("{} written", report.writes));
  for (const Step& step : report.undone) terminal.result("undone: " + step_line(step, context));
  if (report.end == ApplyReport::End::RolledBack)
    terminal.result("every write of this run was undone\n");
}

// "20261123T081500-4711": sorted by time, and two runs in one second differ by their process.
std::string run_id(const Host& host) {
  std::string id = rfc3339(host.clock().now());
  std::erase_if(id, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
  return fmt::format("{}-{}", id, process_id());
}

// A run with --nic applies only a part of an edited profile, so it keeps the digest of the active
// run: the profile still counts as changed.
std::string digest_to_keep(const Session& session) {
  const RunInfo* active = session.journal.active();
  const bool whole =
      session.options.nics.empty() || active == nullptr || active->profile != session.profile.name;
  return whole ? session.profile.digest : active->digest;
}

void add_plan_notes(const Session& session, Plan& plan) {
  plan.notes.insert(plan.notes.begin(), session.notes.begin(), session.notes.end());
}

}  // namespace

namespace {

// For a run that wrote every setting that has a subject.
bool lacks_subjects(const Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const Step& step) {
    return step.status == Status::NoSubject && cannot_be_met(step);
  });
}

}  // namespace

Plan look(const Context& context, const Session& session) {
  const PlanInput input = plan_input(session);
  const Host& host = context.host;  // const: cannot write
  Plan plan = make_plan(
      host, collect_facts(host, facts_needed(input), session.identity, nic_scope(input)), input);
  add_plan_notes(session, plan);
  return plan;
}

std::string heading(const Context& context, const Session& session) {
  const std::string line =
      text_line("profile {} ({}; digest {}) on {}, kernel {}", session.profile.name, session.chosen,
                session.profile.digest, session.identity.hostname, session.identity.kernel);
  return wrapped_lines(line, context.terminal.display().width, 2);
}

// A preferred setting is drift if it differs, and nothing if it cannot be met.
void judge_plan(const Plan& plan, Answer& answer) {
  for (const Step& step : plan.steps) {
    if (step.status == Status::Change) answer.exit_code = worst(answer.exit_code, ExitCode::Drift);
    if (step.desired.setting.need == Need::Preferred) continue;
    if (step.status == Status::Unreadable || step.status == Status::Failed) {
      answer.exit_code = worst(answer.exit_code, ExitCode::Failed);
    } else if (cannot_be_met(step)) {
      answer.exit_code = worst(answer.exit_code, ExitCode::Unsupported);
    }
  }
  add_refusals(plan, answer);
}

// The lock file belongs to root with mode 0600, so an ordinary user gets EACCES, which names no
// capability.
Result<std::unique_ptr<StateStore::Lock>> take_lock(Context& context, std::chrono::seconds wait) {
  auto lock = context.store.lock(wait);
  if (lock || lock.error().fault != Fault::NotPermitted) return lock;
  if (lock.error().errno_value == EROFS) return lock;  // a capability would not help
  return fail(Fault::NotPermitted, lock.error().text + ": CAP_DAC_OVERRIDE is missing",
              lock.error().hint);
}

namespace {

// Saves the approved copy, before the first write: boots and repairs set this copy from now on. A
// run with --nic keeps the earlier copy. If the copy cannot be saved (disk full or read-only) and
// nothing is persisted, the run continues: unattended runs then set only a source with this digest.
Outcome approve_source(Context& context, Session& session, const RunInfo& run) {
  if (session.from_copy || run.digest != session.copy.digest) return {};
  auto approved = approve(context.store, session.copy, session.journal);
  if (approved || session.profile.persist || session.persist_when_confirmed) return approved;
  session.notes.push_back(
      fmt::format("the approved copy was not saved: {}", approved.error().text));
  context.terminal.talk("warning: " + session.notes.back());
  return {};
}

RunInfo new_run(const Context& context, const Session& session) {
  return {.id = run_id(context.host),
          .boot_id = session.identity.boot_id,
          .kernel = session.identity.kernel,
          .profile = session.profile.name,
          .path = session.path,
          .digest = digest_to_keep(session),
          .at = rfc3339(context.host.clock().now()),
          .by = current_user_text(),
          .max_disruption = session.options.max_disruption,
          .accepted_risks = session.options.accepted_risks};
}

Written write_once(Context& context, Session& session, const WriteRequest& request,
                   std::string_view verb) {
  Written written;
  context.host.limit_reads(context.options.timeout);
  written.report.plan = look(context, session);
  const auto refused = [&](const Error& error) {
    written.report.end = ApplyReport::End::Refused;
    written.answer = failure(error);
    return std::move(written);
  };
  // Before the lock: a user without rights gets the missing capability and not a busy lock.
  if (auto may = may_write(context.host, written.report.plan); !may) return refused(may.error());
  auto lock = take_lock(context, request.lock_wait);
  if (!lock) return refused(lock.error());
  const auto pending = load_pending(context.store, session.identity.boot_id);
  if (!pending) return refused(pending.error());
  if (auto may = may_apply(context.host, *pending); !may) return refused(may.error());
  // Another run may have applied between open_session() and the lock.
  auto journal =
      Journal::load(context.store, session.identity.boot_id, session.identity.net_namespace);
  if (!journal) return refused(journal.error());
  session.journal = std::move(*journal);
  const RunInfo run = new_run(context, session);
  if (auto approved = approve_source(context, session, run); !approved)
    return refused(approved.error());
  Confirmation confirmation(context, run, session.options.confirm_within,
                            session.persist_when_confirmed, request.on_failure);
  const ApplyOptions options{.run = run,
                             .rollback_on_failure = request.on_failure == OnFailure::Rollback,
                             .without_missing = request.without_missing,
                             .before_first_write = confirmation.guard_starter(),
                             .begun = confirmation.begun_recorder(),
                             .on_step = announcer(context),
                             .interrupted = InterruptGuard::interrupted};
  // From here on the journal has lines: a signal is a flag, and slow reads do not end the run.
  const InterruptGuard guard;
  context.host.limit_reads(std::nullopt);
  written.report =
      apply(context.host, context.store, plan_input(session), session.journal, options);
  add_plan_notes(session, written.report.plan);
  written.answer.exit_code = code_of(written.report);
  if (written.report.error) written.answer.errors.push_back(*written.report.error);
  const bool wrote_what_could_be_met = written.report.end == ApplyReport::End::Applied ||
                                       written.report.end == ApplyReport::End::Nothing;
  if (written.report.end == ApplyReport::End::Refused ||
      (wrote_what_could_be_met && lacks_subjects(written.report.plan)))
    judge_plan(written.report.plan, written.answer);
  keep_history(context, session, run, verb, written);
  if (wrote_what_could_be_met && !request.unattended)
    static_cast<void>(reset_boot_attempts(context.store).has_value());
  show_end(context, written.report);
  written.next_step = confirmation.finish_run(session.journal, written.report, written.answer);
  return written;
}

}  // namespace

Written write_plan(Context& context, Session& session, const WriteRequest& request,
                   std::string_view verb) {
  Written written = write_once(context, session, request, verb);
  if (written.report.end != ApplyReport::End::Nothing || !session.persist_when_confirmed)
    return written;
  // Nothing was written, so no confirmation is needed.
  persist_now(session);
  return write_once(context, session, request, verb);
}

}  // namespace tuner
