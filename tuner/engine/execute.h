// Writes steps and reads them back. Shared by apply and rollback: goals and originals are written
// in the same way.
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

// Called around a write. An error from a hook stops everything: the journal is no longer reliable.
struct WriteHooks {
  std::function<Outcome(const Step&)> before_write;  // once per step, before its batch is written
  // The step is Done (value read back) or Failed (value as it is now, if that could be read).
  std::function<Outcome(const Step&, const Observation&)> after_write;
};

// Every step ends Done, with `target` as read back, or Failed, with the reason in `because`.
// Adjacent subjects of one group are written with one call of the family. Writes that fail with
// Busy are retried after the others, in at most six passes over at most a second: EPP is refused
// while the governor is "performance", and a module stays busy for a moment after its last user.
Outcome execute(Host& host, std::span<Work> work, const WriteHooks& hooks);

}  // namespace tuner
