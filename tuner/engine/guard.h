// The guard of a run that waits to be confirmed: a process of its own, from before the first write,
// that undoes the run when its time is up or when apply dies before its end.
#pragma once

#include "engine/confirm.h"
#include "knobs/knob.h"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

// What the guard has to do about what it finds.
struct Duty {
  enum class Do {
    Leave,  // confirmed, rolled back, or another guard's
    Wait,
    Undo,
  };
  Do what = Do::Leave;
  std::string because;  // for Undo: "not confirmed within 5 s"
};
Duty duty_of(const std::optional<PendingConfirm>& pending, const ProcessIdentity& guard,
             std::chrono::milliseconds now, bool writer_runs);

struct GuardHooks {
  // Ends an apply that holds the lock although its time is up: it hangs in a write, or on a
  // terminal that nobody reads any more. What it wrote is in the journal.
  std::function<void(const ProcessIdentity&)> kill;
  std::function<void(std::string_view)> log;  // for the system log
};

enum class GuardEnd { Left, Undone, GaveUp };

// Looks several times a second while apply writes and once a second afterwards, which is all it
// costs, until there is an end. What it undid, or could not undo, is in the history. A rollback
// that fails is tried a few times; a lock that others hold is waited for, for ten minutes.
GuardEnd stand_guard(Host& host, StateStore& store, std::span<const Knob> knobs,
                     const PendingConfirm& announced, const GuardHooks& hooks);

}  // namespace tuner
