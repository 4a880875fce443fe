// What is on record of a run that is undone unless it is confirmed. One sealed JSON object a run,
// in two places: /run/ktls-tuner/confirm, and /var/lib/ktls-tuner/confirm, so that a folder that is
// removed or cannot be read takes the matter with it in neither direction.
//
// A confirmation is a record of its own: the stage Kept. No record, another boot's, or one that
// cannot be read is no confirmation.
//
// Times are since boot (Clock::since_boot): neither sleep nor a clock that is set moves a deadline.
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
    Starting,  // before the journal's first line: nothing was written
    Applying,  // behind it: apply has until the deadline to come to its end
    Waiting,   // then the time to confirm begins anew
    Kept,      // confirmed
    Undone,    // taken back, by the guard, a rollback or a later start of this program
  };
  std::string run;
  std::string boot_id;
  std::string profile;
  Stage stage = Stage::Starting;
  std::chrono::seconds within{0};
  bool persist = false;  // a confirmation makes it outlast a reboot
  std::chrono::milliseconds deadline{0};
  ProcessIdentity writer;  // the apply
  ProcessIdentity guard;   // pid 0: not there yet
};

bool is_settled(const PendingConfirm& record);  // Kept or Undone

// What the two places say of this boot, settled or not; nothing: no record of this boot is there.
// One place is enough. Of two that differ, a settled record wins over an unsettled one of the same
// run, and an unsettled one over a settled one of another run. An error: neither has a record of
// this boot, and one cannot be read or is damaged.
Result<std::optional<PendingConfirm>> load_record(const StateStore& store,
                                                  std::string_view boot_id);
// The same, without what is settled.
Result<std::optional<PendingConfirm>> load_pending(const StateStore& store,
                                                   std::string_view boot_id);

// In both places, or it is an error.
Outcome save_pending(StateStore& store, const PendingConfirm& pending);

// `stage`: Kept or Undone. It holds as soon as one place has it; `lost` is why the other has not.
Outcome settle_pending(StateStore& store, PendingConfirm pending, PendingConfirm::Stage stage,
                       std::optional<Error>& lost);

// Of a run that never wrote, or of a record that is damaged: both places are emptied.
Outcome forget_pending(StateStore& store);

}  // namespace tuner
