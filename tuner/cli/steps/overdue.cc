#include "cli/steps/overdue.h"

#include "cli/steps/check_job.h"
#include "cli/steps/session.h"
#include "engine/confirm.h"
#include "engine/guard.h"
#include "engine/undo_unconfirmed.h"
#include "host/facts/collect.h"
#include "host/process/process.h"
#include "knobs/catalog.h"

#include <fmt/format.h>

namespace tuner {
namespace {

bool is_overdue(const Host& host, const Result<std::optional<PendingConfirm>>& pending) {
  return pending && *pending && state_of(host, **pending) == PendingState::Overdue;
}

// The caller holds the lock.
// The same function as the guard's, so a run has the same end if a later command undoes it.
std::optional<Error> undo(Context& context, const Verb& verb, const HostIdentity& identity,
                          const PendingConfirm& pending, std::string& told) {
  const auto journal = Journal::load(context.store, identity.boot_id, identity.net_namespace);
  if (!journal) return journal.error();
  if (auto here = journal->of_this_namespace(); !here) return here.error();
  if (auto may = may_restore(context.host, *journal); !may) return may.error();
  const bool writer_runs = is_running(context.host.files(), pending.writer);
  const GuardAction duty = next_action(pending, context.host.clock().since_boot(), writer_runs);
  const UnconfirmedRun run{.pending = pending,
                           .verb = std::string(verb.name),
                           .because = duty.because + ", and its guard was gone",
                           .by = current_user_text()};
  std::vector<HistoryChange> undone;
  auto answer = undo_unconfirmed(context.host, context.store, catalog(), run, undone);
  told = answer.told;
  return answer.failure;
}

}  // namespace

// `confirm --force` keeps the overdue run, so it must not be undone first. The sandbox of a job
// that defers repairs is read-only.
bool undoes_overdue(const Verb& verb, const Options& options) {
  if (verb.internal || options.dry_run || options.keep_overdue) return false;
  return verb.writes || options.repair || (options.job && !options.defer_repair);
}

void undo_overdue(Context& context, const Verb& verb, std::chrono::seconds lock_wait) {
  const HostIdentity identity = collect_identity(context.host);
  if (!is_overdue(context.host, load_pending(context.store, identity.boot_id))) return;
  std::string told;
  std::optional<Error> failure;
  auto lock = context.store.lock(lock_wait);
  if (lock) {
    // Once more under the lock: another command may have undone or confirmed the run meanwhile.
    const auto pending = load_pending(context.store, identity.boot_id);
    if (!is_overdue(context.host, pending)) return;
    failure = undo(context, verb, identity, **pending, told);
  } else {
    failure = lock.error();
  }
  // A warning and no end: the verb that follows refuses by itself while the run is overdue.
  if (failure)
    context.terminal.talk(
        fmt::format("warning: an overdue run could not be undone: {}; {}", failure->text,
                    failure->hint.empty() ? "ktls-tuner rollback retries it" : failure->hint));
  else if (!told.empty())
    context.terminal.talk("note: " + told);
}

std::string pending_note(const Context& context, std::string_view boot_id) {
  const auto pending = load_pending(context.store, boot_id);
  if (!pending) return pending.error().text;
  if (!*pending || state_of(context.host, **pending) == PendingState::Stale) return {};
  return pending_text(context.host, **pending);
}

}  // namespace tuner
