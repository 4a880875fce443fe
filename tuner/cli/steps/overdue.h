// Overdue runs: the confirmation window is over, and the guard is gone. Each start of this program
// that may write undoes such a run first; one that only reads reports it.
#pragma once

#include "cli/request/verb.h"

#include <chrono>
#include <string>
#include <string_view>

namespace tuner {

// True for every verb that writes, and for a check with --job or --repair. False for
// `confirm --force`, which keeps such a run, with --dry-run and with --defer-repair.
bool undoes_overdue(const Verb& verb, const Options& options);

// Undoes an overdue run, under the lock. If that fails (lock taken, capability missing, a write
// fails), prints a warning and leaves the run pending; the verb then handles it as any pending run.
void undo_overdue(Context& context, const Verb& verb, std::chrono::seconds lock_wait);

// State of this boot's run that waits for confirmation, as one sentence; empty: there is none.
std::string pending_note(const Context& context, std::string_view boot_id);

}  // namespace tuner
