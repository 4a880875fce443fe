// A run that is undone unless somebody confirms it: what is pending, and who may do what meanwhile.
// One JSON object in /run/ktls-tuner/confirm, written under the lock by apply, confirm and
// rollback, and once by the guard, which announces itself while apply waits for it. Removing the
// file ends the matter, so whoever removes it first (confirm, rollback, the guard) has won.
//
// Times are since boot (Clock::since_boot): neither sleep nor a clock that is set moves a deadline.
#pragma once

#include "host/host.h"
#include "host/process.h"
#include "host/state_store.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct PendingConfirm {
  enum class Stage {
    Starting,  // the guard is not there yet: nothing was written
    Applying,  // apply has until the deadline to come to its end
    Waiting,   // and then, from anew, whoever started it to confirm
  };
  std::string run;
  std::string boot_id;
  std::string profile;
  Stage stage = Stage::Starting;
  std::chrono::seconds within{0};
  bool persist = false;  // whoever confirms makes it outlast a reboot
  std::chrono::milliseconds deadline{0};
  ProcessIdentity writer;  // the apply
  ProcessIdentity guard;   // pid 0: not there yet
};

// Nothing: no such file, or another boot's, whose run went with it. An error: it cannot be read or
// is damaged.
Result<std::optional<PendingConfirm>> load_pending(const StateStore& store,
                                                   std::string_view boot_id);
Outcome save_pending(StateStore& store, const PendingConfirm& pending);
Outcome forget_pending(StateStore& store);

// How it stands for somebody who looks.
enum class PendingState {
  Applying,   // is being written
  Waiting,    // can be confirmed
  Undoing,    // too late, or apply is dead: the guard takes it back, now or in a moment
  Unguarded,  // the guard is gone: what was written stays, unconfirmed
  Stale,      // nothing was written: apply ended before its guard was there
};
std::string_view pending_state_name(PendingState state);  // "applying", …
PendingState state_of(const Host& host, const PendingConfirm& pending);

// Until the guard acts; 0 when that is past.
std::chrono::seconds time_left(const Host& host, const PendingConfirm& pending);

// One sentence: "run 2026…-4711 of profile edge-server waits to be confirmed, 42 s left", and what
// can be done about it.
std::string pending_text(const Host& host, const PendingConfirm& pending);
std::string pending_hint(const Host& host, const PendingConfirm& pending);

// Another run may begin only when nothing is pending. Busy: it may later. Refused: the guard is
// gone, and somebody has to decide.
Outcome may_apply(const Host& host, const std::optional<PendingConfirm>& pending);

// Refused, with how it stands, unless it is Waiting; `force` keeps what is Unguarded.
Outcome may_confirm(const Host& host, const std::optional<PendingConfirm>& pending, bool force);

// Brings a guard to life for `pending` and waits until it has announced itself. On success the
// stage is Applying and the first write may come; on failure nothing is pending. `start` starts the
// process and does not wait for it.
Outcome arm(const Host& host, StateStore& store, PendingConfirm& pending,
            const std::function<Outcome(const std::string& run)>& start);

// The guard's side of it. Refused: the run does not wait for a guard (any more).
Result<PendingConfirm> announce_guard(StateStore& store, std::string_view boot_id,
                                      std::string_view run, const ProcessIdentity& guard);

// Apply came to its end: from here on there is the whole time to confirm.
Outcome await_confirm(const Host& host, StateStore& store, PendingConfirm& pending);

}  // namespace tuner
