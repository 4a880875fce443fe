// The guard of a run that waits to be confirmed: a process of its own, from before the first write,
// that undoes the run when its time is up or when apply dies before its end. A second one waits
// behind it and takes its place when it is killed or stopped.
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

// What a guard has to do about what is on record.
struct Duty {
  enum class Do {
    Leave,  // confirmed, or undone
    Wait,
    Undo,
  };
  Do what = Do::Leave;
  std::string because;  // for Undo: "not confirmed within 5 s"
};
Duty duty_of(const PendingConfirm& record, std::chrono::milliseconds now, bool writer_runs);

struct GuardHooks {
  // SIGKILL, to an apply that holds the lock although its time is up, to a process of this program
  // that is stopped with the lock or holds it for kHolderLimit, and to a guard that is stopped.
  // What they wrote is in the journal.
  std::function<void(const ProcessIdentity&)> kill;
  std::function<void(std::string_view)> log;  // for the system log
  // Called at each look of the guard that is on duty: sees to it that another one waits behind it.
  std::function<void()> keep_second = [] {};
};

enum class GuardEnd { Left, Undone };

// How long another process of this program may hold the lock against a run that is to be undone.
inline constexpr std::chrono::seconds kHolderLimit{300};

// Looks several times a second while apply writes and once a second afterwards, until the run is
// confirmed or undone. `record` is what is known of the run: it stands until the record on disk
// says more, so what is removed, altered or cannot be read confirms nothing. Where its guard is not
// `me`, this process waits until that one is gone. It never gives up: a rollback that fails is
// tried again, with pauses up to a minute, and a lock is waited for as long as it is held. What was
// undone is in the history, and there, once, what could not be.
GuardEnd stand_guard(Host& host, StateStore& store, std::span<const Knob> knobs,
                     const PendingConfirm& record, const ProcessIdentity& me,
                     const GuardHooks& hooks);

}  // namespace tuner
