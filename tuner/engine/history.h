// What was changed, when and by whom. Kept over reboots: one JSON object per line in
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
  std::string from;  // for people, as to_text()
  std::string to;
};

struct HistoryEntry {
  RunInfo run;
  std::string verb;     // "apply", "tune", "rollback", "confirm", "guard"
  std::string end;      // "applied", "refused", "failed", "rolled-back", "confirmed"
  std::string because;  // "not confirmed within 5 s"; may be empty
  std::vector<HistoryChange> changes;
};

// The changes of the steps that were written (Status::Done).
std::vector<HistoryChange> changes_of(const std::vector<Step>& steps);

// Appends an entry. A file longer than kHistoryLimit first becomes the older half and replaces the
// previous one.
inline constexpr std::size_t kHistoryLimit = 1024UL * 1024;
Outcome append_history(StateStore& store, const HistoryEntry& entry);

struct History {
  std::vector<HistoryEntry> entries;  // oldest first
  // Number of lines that cannot be read: torn by a crash, or damaged.
  std::size_t unreadable = 0;
};

// All entries of both halves.
Result<History> read_history(const StateStore& store);
// Only the last entry, or none. Reads only the end of the file, so the cost does not depend on its
// size.
Result<History> read_last_entry(const StateStore& store);

}  // namespace tuner
