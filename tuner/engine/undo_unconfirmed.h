// Undoes a run that was not confirmed. Called by its guard, or by a later command if the guard is
// gone.
#pragma once

#include "engine/confirm_record.h"
#include "engine/history.h"
#include "engine/journal.h"
#include "knobs/knob.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

struct UnconfirmedRun {
  const PendingConfirm& pending;
  std::string verb;     // for the history: "guard", "check", …
  std::string because;  // "not confirmed within 5 s"
  std::string by;       // for the history
  // The journal as it was while the run waited; replaces one that is missing or damaged. May be
  // null.
  const Journal* kept = nullptr;
};

struct UndoneRun {
  std::optional<Error> failure;  // nullopt: all is undone and the record is Undone
  std::string told;              // the outcome, for the log; empty: apply never wrote
};

// The caller holds the lock. `undone` collects the restored settings over several attempts.
// Settings that others changed since then are left alone and named in the history.
UndoneRun undo_unconfirmed(Host& host, StateStore& store, std::span<const Knob> knobs,
                           const UnconfirmedRun& run, std::vector<HistoryChange>& undone);

}  // namespace tuner
