// Takes back a run that was not confirmed: what its guard does, and what a later start of this
// program does when the guard is gone.
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
  // The journal as it was while the run waited: it takes the place of one that is gone or damaged.
  const Journal* kept = nullptr;
};

struct UndoneRun {
  std::optional<Error> failure;  // nothing: all is undone, and the record says so
  std::string told;              // the end as the history has it; empty: apply never wrote
};

// With the lock held. `undone` collects what was restored, over several tries. What another program
// changed since is left, and named in the history.
UndoneRun undo_unconfirmed(Host& host, StateStore& store, std::span<const Knob> knobs,
                           const UnconfirmedRun& run, std::vector<HistoryChange>& undone);

}  // namespace tuner
