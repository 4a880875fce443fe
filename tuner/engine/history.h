// What was changed, when and by whom, beyond reboots: one JSON object a line in
// /var/lib/ktls-tuner/history.
#pragma once

#include "engine/journal.h"
#include "host/state_store.h"
#include "model/plan.h"

#include <string>
#include <vector>

namespace tuner {

struct HistoryChange {
  std::string knob;
  std::string name;
  std::string from;  // as people read them
  std::string to;
};

struct HistoryEntry {
  RunInfo run;
  std::string verb;     // "apply", "tune", "rollback", "confirm", "guard"
  std::string end;      // "applied", "refused", "failed", "rolled-back", "confirmed"
  std::string because;  // "not confirmed within 5 s"; empty: nothing to add
  std::vector<HistoryChange> changes;
};

// The steps that were written.
std::vector<HistoryChange> changes_of(const std::vector<Step>& steps);

Outcome remember(StateStore& store, const HistoryEntry& entry);

// Oldest first; lines that cannot be read (torn by a crash) are passed over.
Result<std::vector<HistoryEntry>> recall(const StateStore& store);

}  // namespace tuner
