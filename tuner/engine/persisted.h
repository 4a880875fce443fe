// State that is kept over reboots: the profile that the next boot sets, and the originals from
// before the first apply. One JSON document in /var/lib/ktls-tuner/persisted, replaced as a whole.
//
// It is written before the files that the system reads at boot (knobs/persist.cc): if power is lost
// between the two, the next boot sets the rest. A rollback withdraws it before it restores
// anything, so that a half undone profile does not return.
#pragma once

#include "engine/run_info.h"
#include "host/files/state_store.h"
#include "model/plan.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

inline constexpr std::string_view kPersistedPath = "/var/lib/ktls-tuner/persisted";

struct Persisted {
  // A setting before this program first wrote it, in the given boot and under the given kernel.
  struct Original {
    Subject subject;
    Value before;
    Value written;  // the last value that this program wrote
    std::string boot_id;
    std::string kernel;
  };

  // The next boot sets the last one; undoing it returns to the one before. Empty with originals
  // left: withdrawn by a rollback that has not finished.
  std::vector<RunInfo> runs;
  std::vector<Original> originals;

  // Whether it was written in the initial network namespace, the only one that exists after a boot.
  // nullopt: not recorded (an older release).
  std::optional<bool> in_initial_namespace = {};

  const RunInfo* active() const { return runs.empty() ? nullptr : &runs.back(); }
};

// Missing file: an empty one. Error if it is unreadable or damaged: wrong originals are worse than
// stopping.
Result<Persisted> load_persisted(const StateStore& store);

// Removes the file if there are no runs and no originals.
Outcome save_persisted(StateStore& store, const Persisted& persisted);

}  // namespace tuner
