// What was changed, when and by whom, beyond reboots: one JSON object a line in
// /var/lib/ktls-tuner/history.
#pragma once

#include "engine/journal.h"
#include "host/files/state_store.h"
#include "model/plan.h"

#include <cstddef>
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

// What is longer than kHistoryLimit becomes the older half, and the one before that goes.
inline constexpr std::size_t kHistoryLimit = 1024UL * 1024;
Outcome remember(StateStore& store, const HistoryEntry& entry);

struct History {
  std::vector<HistoryEntry> entries;  // oldest first
  // Lines that say nothing: torn by a crash, or damaged. What they said is not known.
  std::size_t unreadable = 0;
};

// Both halves.
Result<History> recall(const StateStore& store);
// The end alone: the last entry, or none. Costs the same whatever the size of the history.
Result<History> recall_last(const StateStore& store);

}  // namespace tuner
