// What outlasts a reboot: which profile the next boot sets, and what was there before the first
// apply of all. One JSON document in /var/lib/ktls-tuner/persisted, replaced whole.
//
// It is written before the files that the system reads at boot (knobs/persist.cc), so that a
// machine that loses power between two of them sets the rest itself at its next boot; and a
// rollback withdraws it before it restores anything, so that a half undone profile does not come
// back.
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
  // A setting as it was before we wrote it first, in the boot and under the kernel given.
  struct Original {
    Subject subject;
    Value before;
    Value written;  // by us, last
    std::string boot_id;
    std::string kernel;
  };

  // The last one is what the next boot sets; those before it are what an undo of it returns to.
  // Empty with originals left: withdrawn, by a rollback that has not come to its end.
  std::vector<RunInfo> runs;
  std::vector<Original> originals;

  // Whether it was written in the initial network namespace, the only one that a boot brings back;
  // nothing: not recorded (an older release).
  std::optional<bool> in_initial_namespace = {};

  const RunInfo* active() const { return runs.empty() ? nullptr : &runs.back(); }
};

// Missing file: nothing. Unreadable or damaged: an error, because guessing about originals is worse
// than stopping.
Result<Persisted> load_persisted(const StateStore& store);

// Nothing in it: the file goes.
Outcome save_persisted(StateStore& store, const Persisted& persisted);

}  // namespace tuner
