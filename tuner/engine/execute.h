// Writes steps and reads them back. Shared by apply and rollback: a goal and an original are
// written alike.
#pragma once

#include "knobs/knob.h"
#include "model/plan.h"

#include <functional>
#include <span>
#include <vector>

namespace tuner {

struct Work {
  const Knob* knob = nullptr;
  Step* step = nullptr;  // Status::Change, with its target
};

// What surrounds a write. An error from a hook stops everything: the journal cannot be trusted any
// more.
struct WriteHooks {
  std::function<Outcome(const Step&)>
      before_write;  // once a step, before anything of its batch is written
  // The step is Done (value read back) or Failed (value as it is now, if that could be read).
  std::function<Outcome(const Step&, const Observation&)> after_write;
};

// Every step ends Done, with `target` as read back, or Failed, with the reason in `because`.
// Subjects of one group are one call of the family. Writes that fail with Busy are tried again
// after the others, a few times over at most a second: EPP is refused while the governor is
// "performance", and a module is held for a moment after its last user.
Outcome execute(Host& host, std::span<Work> work, const WriteHooks& hooks);

}  // namespace tuner
