#include "engine/confirm.h"

#include "base/duration.h"
#include "base/rfc3339.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Stage = PendingConfirm::Stage;

constexpr milliseconds kGuardPoll{20};
constexpr seconds kGuardLimit{20};  // an emulated CPU needs 2 s, a loaded init system more

std::string run_name(const PendingConfirm& pending) {
  return fmt::format("run {} of profile {}", pending.run, pending.profile);
}

// Whether the guard that arm() waits for has added its PID and is running.
// The guard proves that it runs by its own PID in the record, not by a started child: systemd-run
// and fork both succeed for a guard that ends at once.
bool is_announced(const Host& host, const StateStore& store, PendingConfirm& pending) {
  const auto now = load_pending(store, pending.boot_id);
  if (!now || !*now || (*now)->run != pending.run || (*now)->guard.pid == 0) return false;
  if (!is_running(host.files(), (*now)->guard)) return false;
  pending.guard = (*now)->guard;
  return true;
}

// The record exists before the guard starts, because the guard reads its run and deadline from it.
// Nothing is written to the machine until the guard has answered.
Outcome start_and_wait(const Host& host, StateStore& store, PendingConfirm& pending,
                       const std::function<Outcome(const std::string& run)>& start) {
  TRY(save_pending(store, pending));
  TRY(start(pending.run));
  const milliseconds limit = host.clock().since_boot() + kGuardLimit;
  while (!is_announced(host, store, pending)) {
    if (host.clock().since_boot() >= limit) {
      return fail(Fault::TimedOut,
                  fmt::format("the guard of run {} did not start within {}; nothing was written",
                              pending.run, duration_text(kGuardLimit)),
                  "see the system log; without --confirm-within no guard is needed");
    }
    host.clock().sleep(kGuardPoll);
  }
  return {};
}

// Each stage has the full time: a slow apply must not use up the window in which it can be
// confirmed.
Outcome begin_stage(const Host& host, StateStore& store, PendingConfirm& pending, Stage stage) {
  pending.stage = stage;
  pending.deadline = host.clock().since_boot() + pending.within;
  return save_pending(store, pending);
}

}  // namespace

std::string_view pending_state_name(PendingState state) {
  return word_of(state);
}

// Only the kernel's list of processes and the clock since boot decide, not a word that a process
// left behind: a killed apply or guard cannot write that it is gone.
PendingState state_of(const Host& host, const PendingConfirm& pending) {
  const bool writes = is_running(host.files(), pending.writer);
  if (pending.stage == Stage::Starting)
    return writes ? PendingState::Applying : PendingState::Stale;
  const bool guarded = is_running(host.files(), pending.guard);
  // An apply that died is undone at once. Waiting for its deadline would leave half a profile.
  const bool died = pending.stage == Stage::Applying && !writes;
  if (died || host.clock().since_boot() >= pending.deadline)
    return guarded ? PendingState::Undoing : PendingState::Overdue;
  if (pending.stage == Stage::Applying) return PendingState::Applying;
  return guarded ? PendingState::Waiting : PendingState::Unguarded;
}

seconds time_left(const Host& host, const PendingConfirm& pending) {
  const auto left = std::chrono::ceil<seconds>(pending.deadline - host.clock().since_boot());
  return std::max(left, seconds(0));
}

std::chrono::system_clock::time_point deadline_time(const Host& host,
                                                    const PendingConfirm& pending) {
  // The number comes from a file; the limit keeps a clock of nanoseconds from overflowing.
  const auto ahead = std::clamp<milliseconds>(pending.deadline - host.clock().since_boot(),
                                              -std::chrono::days(366), std::chrono::days(366));
  return host.clock().now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(ahead);
}

std::string pending_text(const Host& host, const PendingConfirm& pending) {
  const std::string name = run_name(pending);
  switch (state_of(host, pending)) {
    case PendingState::Applying: return name + " is being applied, and must then be confirmed";
    case PendingState::Waiting:
      return fmt::format("{} waits to be confirmed, {} left", name,
                         duration_text(time_left(host, pending)));
    case PendingState::Undoing:
      return fmt::format("{} was not confirmed within {}: its guard (pid {}) undoes it", name,
                         duration_text(pending.within), pending.guard.pid);
    case PendingState::Unguarded:
      return fmt::format(
          "{} waits to be confirmed, {} left, and its guard (pid {}) is gone: after that time the "
          "next ktls-tuner command that may write undoes it",
          name, duration_text(time_left(host, pending)), pending.guard.pid);
    case PendingState::Overdue:
      return fmt::format(
          "{} was not confirmed within {}, and its guard (pid {}) is gone: the confirmation is "
          "overdue since {}, and the next ktls-tuner command that may write undoes it",
          name, duration_text(pending.within), pending.guard.pid,
          rfc3339(std::min(deadline_time(host, pending), host.clock().now())));
    case PendingState::Stale: break;
  }
  return name + " ended before its guard was running: nothing was written";
}

std::string pending_hint(const Host& host, const PendingConfirm& pending) {
  switch (state_of(host, pending)) {
    case PendingState::Waiting:
    case PendingState::Unguarded:
      return fmt::format("ktls-tuner confirm keeps it, ktls-tuner rollback --run {} undoes it now",
                         pending.run);
    case PendingState::Overdue:
      return fmt::format(
          "ktls-tuner rollback --run {} undoes it, ktls-tuner confirm --force keeps "
          "it",
          pending.run);
    case PendingState::Applying:
    case PendingState::Undoing: return "ktls-tuner status shows when it is done";
    case PendingState::Stale: break;
  }
  return {};
}

// A second run on top of an unconfirmed one would make the unconfirmed values its originals.
Outcome may_apply(const Host& host, const std::optional<PendingConfirm>& pending) {
  if (!pending) return {};
  const PendingState state = state_of(host, *pending);
  if (state == PendingState::Stale) return {};
  return fail(state == PendingState::Overdue ? Fault::Refused : Fault::Busy,
              pending_text(host, *pending) + "; no other run can begin before that",
              pending_hint(host, *pending));
}

Outcome may_confirm(const Host& host, const std::optional<PendingConfirm>& pending, bool force) {
  const PendingState state = pending ? state_of(host, *pending) : PendingState::Stale;
  if (state == PendingState::Waiting || state == PendingState::Unguarded) return {};
  if (state == PendingState::Stale) {
    return fail(Fault::Refused, "nothing waits to be confirmed",
                "ktls-tuner status --history shows how the last runs ended");
  }
  if (state == PendingState::Overdue && force) return {};
  return fail(Fault::Refused, pending_text(host, *pending), pending_hint(host, *pending));
}

Outcome start_guard(const Host& host, StateStore& store, PendingConfirm& pending,
                    const std::function<Outcome(const std::string& run)>& start) {
  auto armed = start_and_wait(host, store, pending, start);
  // Without the record, a guard that starts too late finds no run and ends.
  if (!armed) static_cast<void>(remove_record(store).has_value());
  return armed;
}

Result<PendingConfirm> register_guard(StateStore& store, std::string_view boot_id,
                                      std::string_view run, const ProcessIdentity& guard) {
  auto pending = TRY(load_pending(store, boot_id));
  if (!pending || (pending)->run != run) {
    return fail(Fault::Refused, fmt::format("run {} does not wait for a guard", run),
                "apply --confirm-within starts the guard of its run itself");
  }
  // The second guard registers too. The first keeps its place in the record, and the second
  // compares itself with it to know that it must wait.
  if ((pending)->guard.pid != 0) return *pending;
  (pending)->guard = guard;
  TRY(save_pending(store, *pending));
  return *pending;
}

Outcome begin_applying(const Host& host, StateStore& store, PendingConfirm& pending) {
  return begin_stage(host, store, pending, Stage::Applying);
}

Outcome await_confirm(const Host& host, StateStore& store, PendingConfirm& pending) {
  return begin_stage(host, store, pending, Stage::Waiting);
}

}  // namespace tuner
