// The guard of a run that waits to be confirmed: a separate process, started before the first
// write. It undoes the run when the deadline passes or apply dies before it has finished. A second
// guard waits and takes over if the first is killed or stopped.
#pragma once

#include "engine/confirm.h"
#include "knobs/knob.h"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// What a guard must do, given the record.
struct GuardAction {
  enum class Do {
    Leave,  // confirmed, or undone
    Wait,
    Undo,
  };
  Do what = Do::Leave;
  std::string because;  // for Undo: "not confirmed within 5 s"
};
GuardAction next_action(const PendingConfirm& record, std::chrono::milliseconds now,
                        bool writer_runs);

struct GuardHooks {
  // Sends SIGKILL to: an apply that holds the lock after the deadline; a process of this program
  // that is stopped while it holds the lock, or holds it for kHolderLimit; a stopped guard. The
  // journal has what they wrote.
  std::function<void(const ProcessIdentity&)> kill;
  std::function<void(std::string_view)> log;  // for the system log
  // Called in each cycle of the active guard: starts a second guard if none runs.
  std::function<void()> keep_second = [] {};
};

enum class GuardEnd { Left, Undone };

// How long another process of this program may hold the lock while a run must be undone.
inline constexpr std::chrono::seconds kHolderLimit{300};

// Polls several times a second while apply writes, then once a second, until the run is confirmed
// or undone. `record` is what the caller knows of the run; it stays valid until the record on disk
// has changed, so a removed, altered or unreadable record confirms nothing. If its guard is not
// `me`, this process waits until that guard is gone. Never gives up: retries a failed rollback,
// with pauses of up to a minute, and waits for the lock as long as it is held. Writes the undone
// settings to the history, and, once, a rollback that keeps failing.
GuardEnd run_guard(Host& host, StateStore& store, std::span<const Knob> knobs,
                   const PendingConfirm& record, const ProcessIdentity& me,
                   const GuardHooks& hooks);

}  // namespace tuner
