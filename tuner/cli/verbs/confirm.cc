#include "engine/confirm.h"

#include "base/rfc3339.h"
#include "cli/output/text_sink.h"
#include "cli/render/documents.h"
#include "cli/steps/session.h"
#include "cli/steps/sync.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/plan.h"
#include "engine/history.h"
#include "host/facts/collect.h"
#include "host/process/process.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

struct ConfirmRequest {
  bool force = false;  // keep an overdue run
  std::chrono::seconds lock_wait{0};
};

Result<ConfirmRequest> confirm_request(const Options& options) {
  return ConfirmRequest{.force = options.keep_overdue, .lock_wait = lock_wait(options)};
}

// For a confirmation that comes too late: how the last run of this boot ended, from the history.
std::string what_was_undone(const StateStore& store, std::string_view boot_id) {
  const auto history = read_last_entry(store);
  if (!history || history->entries.empty()) return {};
  const HistoryEntry& last = history->entries.back();
  if (last.because.empty() || last.run.boot_id != boot_id) return {};
  return fmt::format(": {} ended run {} of profile {} at {} as {}: {}",
                     last.verb == "guard" ? "the guard" : "ktls-tuner " + last.verb, last.run.id,
                     last.run.profile, last.run.at, last.end, last.because);
}

// The guard holds the lock while it undoes the run: report the rollback instead of a busy lock.
Error lock_failure(const Context& context, Error lock_error,
                   const std::optional<PendingConfirm>& pending) {
  if (lock_error.fault != Fault::Busy || !pending ||
      state_of(context.host, *pending) != PendingState::Undoing)
    return lock_error;
  return {.fault = Fault::Refused,
          .text = pending_text(context.host, *pending),
          .hint = pending_hint(context.host, *pending)};
}

void keep_history(Context& context, const Journal& journal, const PendingConfirm& pending) {
  const auto run = std::ranges::find(journal.runs(), pending.run,
                                     [](const Journal::Run& each) { return each.info.id; });
  HistoryEntry entry{
      .run = {.id = pending.run, .boot_id = pending.boot_id, .profile = pending.profile},
      .verb = "confirm",
      .end = "confirmed",
      .because = {},
      .changes = {}};
  if (run != journal.runs().end()) entry.run = run->info;
  entry.run.at = rfc3339(context.host.clock().now());
  entry.run.by = current_user_text();
  if (auto kept = append_history(context.store, entry); !kept)
    context.terminal.talk("warning: the history was not written: " + kept.error().text);
}

// Persists the run after it is kept: an unconfirmed run must not survive a reboot.
Answer persist_kept_run(Context& context, const ConfirmRequest& request, Answer answer) {
  auto opened = open_session(context, {.approved_copy = true}, /*writing=*/true);
  if (!opened.session) return std::move(opened.answer);
  persist_now(*opened.session);
  allow_as(*opened.session->journal.active(), opened.session->options);
  Written written =
      write_plan(context, *opened.session, {.lock_wait = request.lock_wait}, "confirm");
  answer.body->get_if<document::Confirm>()->steps = steps_document(written.report.plan.steps);
  answer.exit_code = written.answer.exit_code;
  answer.errors = std::move(written.answer.errors);
  if (answer.exit_code != ExitCode::Ok)
    context.terminal.result("it is kept until the next reboot, but could not be persisted\n");
  return answer;
}

Answer answer_confirm(Context& context, const ConfirmRequest& request) {
  const HostIdentity identity = collect_identity(context.host);
  if (auto known = is_known(identity); !known) return failure(known.error());
  const std::string& boot_id = identity.boot_id;
  // Read before the lock only for the message: who waits for the guard's lock wants to know why.
  const auto seen = load_pending(context.store, boot_id);
  auto lock = take_lock(context, request.lock_wait);
  if (!lock) return failure(lock_failure(context, lock.error(), seen ? *seen : std::nullopt));
  // The record that counts is read under the lock, after the guard or another confirm may have
  // changed it.
  const auto pending = load_pending(context.store, boot_id);
  if (!pending) return failure(pending.error());
  if (auto may = may_confirm(context.host, *pending, request.force); !may) {
    if (!*pending) may.error().text += what_was_undone(context.store, boot_id);
    return failure(may.error());
  }
  const auto journal = Journal::load(context.store, boot_id, identity.net_namespace);
  if (!journal) return failure(journal.error());
  if (auto usable = journal->usable(); !usable) return failure(usable.error());

  Answer answer;
  const auto left = time_left(context.host, **pending);
  // The run is confirmed by this write: the guard undoes no run whose stage is Kept.
  std::optional<Error> lost;
  if (auto kept = decide_pending(context.store, **pending, PendingConfirm::Stage::Kept, lost);
      !kept)
    return failure(kept.error());
  if (lost)
    context.terminal.talk("warning: the confirmation is recorded in one place only: " + lost->text);
  keep_history(context, *journal, **pending);
  *answer.body = document::Confirm{.run = (*pending)->run,
                                   .profile = (*pending)->profile,
                                   .seconds_left = left.count(),
                                   .steps = {}};
  context.terminal.result(
      text_line("run {} of profile {} is kept", (*pending)->run, (*pending)->profile));
  if (!(*pending)->persist) return answer;
  // write_plan() takes the lock itself.
  lock->reset();
  return persist_kept_run(context, request, std::move(answer));
}

}  // namespace

Verb confirm_verb() {
  return {.name = "confirm",
          .summary = "keeps the run of `apply --confirm-within`, which is undone otherwise",
          .words = {},
          .writes = true,
          .options = {{"--force", "", "keep the run even if its time is up and its guard is gone",
                       into<&Options::keep_overdue>()},
                      {"--wait", "", "wait for another run's lock, up to --timeout",
                       into<&Options::wait>()}},
          .help = {.takes = {"--timeout"},
                   .examples = {{"ktls-tuner confirm", "keep the run that waits for confirmation"},
                                {"ktls-tuner confirm --wait",
                                 "the same, after the run that holds the lock"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::Unsupported,
                             ExitCode::Usage, ExitCode::Bug, ExitCode::Busy, ExitCode::NotPermitted,
                             ExitCode::ProfileInvalid}},
          .prepare = with_request<confirm_request, answer_confirm>};
}

}  // namespace tuner
