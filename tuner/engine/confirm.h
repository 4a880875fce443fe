// A run that is undone unless it is confirmed: how it stands, and who may do what meanwhile. What
// is on record of it is in engine/confirm_record.h, written under the lock by apply, confirm,
// rollback and the guard, and once by a guard that announces itself while apply waits for it.
#pragma once

#include "engine/confirm_record.h"
#include "host/host.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// How it stands for somebody who looks.
enum class PendingState {
  Applying,   // is being written
  Waiting,    // can be confirmed
  Undoing,    // too late, or apply is dead: the guard takes it back, now or in a moment
  Unguarded,  // can be confirmed; its guard is gone, so the next start of this program undoes it
  Overdue,    // too late, and its guard is gone: the next start that may write undoes it
  Stale,      // nothing was written: apply ended before its guard was there
};
std::string_view pending_state_name(PendingState state);  // "applying", …
PendingState state_of(const Host& host, const PendingConfirm& pending);

// Until the guard acts; 0 when that is past.
std::chrono::seconds time_left(const Host& host, const PendingConfirm& pending);

// The moment that the guard's time began or begins, by the clock on the wall as it is now.
std::chrono::system_clock::time_point deadline_time(const Host& host,
                                                    const PendingConfirm& pending);

// One sentence: "run 2026…-4711 of profile edge-server waits to be confirmed, 42 s left", and what
// can be done about it.
std::string pending_text(const Host& host, const PendingConfirm& pending);
std::string pending_hint(const Host& host, const PendingConfirm& pending);

// Another run may begin only when nothing is pending. Busy: it may later. Refused: it is overdue,
// and could not be undone (engine/undo_unconfirmed.h).
Outcome may_apply(const Host& host, const std::optional<PendingConfirm>& pending);

// Refused, with how it stands, unless there is time left; `force` keeps what is Overdue.
Outcome may_confirm(const Host& host, const std::optional<PendingConfirm>& pending, bool force);

// Brings a guard to life for `pending` and waits until it has announced itself. On failure nothing
// is pending. `start` starts the process and does not wait for it.
Outcome arm(const Host& host, StateStore& store, PendingConfirm& pending,
            const std::function<Outcome(const std::string& run)>& start);

// Sets the stage to Applying and starts the time of apply. Called after the journal's first line
// and before the first write: if a run is Applying and the journal does not know it, the journal is
// lost.
Outcome begin_applying(const Host& host, StateStore& store, PendingConfirm& pending);

// The guard's side of arm(). A record whose guard is another process comes back as it is: this one
// then waits behind it. Refused: the run does not wait for a guard (any more).
Result<PendingConfirm> announce_guard(StateStore& store, std::string_view boot_id,
                                      std::string_view run, const ProcessIdentity& guard);

// Apply came to its end: from here on there is the whole time to confirm.
Outcome await_confirm(const Host& host, StateStore& store, PendingConfirm& pending);

}  // namespace tuner
