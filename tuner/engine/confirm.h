// A run that is undone unless it is confirmed: its state, and which commands may run meanwhile. Its
// record (engine/confirm_record.h) is written under the lock by apply, confirm, rollback and the
// guard, and once without it: by a new guard that adds its PID while apply waits for it.
#pragma once

#include "base/words.h"
#include "engine/confirm_record.h"
#include "host/host.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// The state of a pending run, derived from its record, the clock and the processes that run.
enum class PendingState {
  Applying,   // apply is still writing
  Waiting,    // can be confirmed
  Undoing,    // the deadline has passed or apply died: the guard undoes the run
  Unguarded,  // can be confirmed, but its guard is gone: after the deadline it is Overdue
  Overdue,    // as Undoing, but the guard is gone: the next command that may write undoes the run
  Stale,      // nothing was written: apply ended before its guard was running
};
template <>
inline constexpr auto kWords<PendingState> =
    std::to_array<Word<PendingState>>({{PendingState::Applying, "applying"},
                                       {PendingState::Waiting, "waiting"},
                                       {PendingState::Undoing, "undoing"},
                                       {PendingState::Unguarded, "unguarded"},
                                       {PendingState::Overdue, "overdue"},
                                       {PendingState::Stale, "stale"}});
std::string_view pending_state_name(PendingState state);  // "applying", …
PendingState state_of(const Host& host, const PendingConfirm& pending);

// Time until the deadline, rounded up; 0 if it has passed.
std::chrono::seconds time_left(const Host& host, const PendingConfirm& pending);

// The deadline as wall-clock time, computed from the present clock. At most 366 days from now in
// either direction.
std::chrono::system_clock::time_point deadline_time(const Host& host,
                                                    const PendingConfirm& pending);

// One sentence: "run 2026…-4711 of profile edge-server waits to be confirmed, 42 s left". The hint
// names the commands that confirm or undo the run.
std::string pending_text(const Host& host, const PendingConfirm& pending);
std::string pending_hint(const Host& host, const PendingConfirm& pending);

// Whether another run may begin: only if nothing is pending. Busy: try again later. Refused: the
// pending run is overdue and could not be undone (engine/undo_unconfirmed.h).
Outcome may_apply(const Host& host, const std::optional<PendingConfirm>& pending);

// Whether the run may be confirmed: only before the deadline, or with `force` if it is Overdue.
// Otherwise Refused, with its state as text.
Outcome may_confirm(const Host& host, const std::optional<PendingConfirm>& pending, bool force);

// Starts a guard for `pending` and waits, at most 20 s, until it has added its PID to the record.
// On failure the record is removed. `start` starts the process and does not wait for it.
Outcome start_guard(const Host& host, StateStore& store, PendingConfirm& pending,
                    const std::function<Outcome(const std::string& run)>& start);

// Sets the stage to Applying and starts the time of apply. Called after the journal's first line
// and before the first write: if a run is Applying and the journal does not know it, the journal is
// lost.
Outcome begin_applying(const Host& host, StateStore& store, PendingConfirm& pending);

// The guard's counterpart of arm(): adds `guard` to the record and returns the record. If the
// record names another guard already, returns it unchanged; the caller is then the second guard.
// Refused: this run does not, or no longer, wait for a guard.
Result<PendingConfirm> register_guard(StateStore& store, std::string_view boot_id,
                                      std::string_view run, const ProcessIdentity& guard);

// Apply has finished: sets the stage to Waiting and starts the confirmation window.
Outcome await_confirm(const Host& host, StateStore& store, PendingConfirm& pending);

}  // namespace tuner
