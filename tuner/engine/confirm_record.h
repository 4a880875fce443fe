// The record of a run that is undone unless it is confirmed: one sealed JSON object per run, in two
// places, /run/ktls-tuner/confirm and /var/lib/ktls-tuner/confirm. So a folder that is removed or
// unreadable neither confirms the run nor makes its confirmation impossible.
//
// A confirmation is the stage Kept. A missing or unreadable record, or one of another boot, is no
// confirmation.
//
// Times are since boot (Clock::since_boot): neither suspend nor a change of the clock moves a
// deadline.
#pragma once

#include "host/files/state_store.h"
#include "host/process/process.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct PendingConfirm {
  enum class Stage {
    Starting,  // before the journal's first line; nothing was written
    Applying,  // after it; apply must finish by the deadline
    Waiting,   // apply has finished; the deadline is the end of the confirmation window
    Kept,      // confirmed
    Undone,    // undone by the guard, a rollback or a later command
  };
  std::string run;
  std::string boot_id;
  std::string profile;
  Stage stage = Stage::Starting;
  std::chrono::seconds within{0};
  bool persist = false;  // the confirmation also makes the run persistent
  std::chrono::milliseconds deadline{0};
  ProcessIdentity writer;  // the process of apply
  ProcessIdentity guard;   // pid 0: not running yet
};

bool is_decided(const PendingConfirm& record);  // Kept or Undone

// The record of this boot from the two places, pending or settled (Kept or Undone); nullopt if
// neither place has one. One place is enough. If the two differ: for the same run a settled record
// wins over a pending one; for different runs a pending one wins over a settled one. Error: neither
// place has a record of this boot, and one is unreadable or damaged.
Result<std::optional<PendingConfirm>> load_record(const StateStore& store,
                                                  std::string_view boot_id);
// The same, but nullopt for a settled record.
Result<std::optional<PendingConfirm>> load_pending(const StateStore& store,
                                                   std::string_view boot_id);

// Writes both places; an error if either write fails.
Outcome save_pending(StateStore& store, const PendingConfirm& pending);

// Sets the stage Kept or Undone. One written place is enough; `lost` gets the error of the other.
// An error only if both writes fail.
Outcome decide_pending(StateStore& store, PendingConfirm pending, PendingConfirm::Stage stage,
                       std::optional<Error>& lost);

// Removes the record from both places, for a run that never wrote and for a damaged record.
Outcome remove_record(StateStore& store);

}  // namespace tuner
