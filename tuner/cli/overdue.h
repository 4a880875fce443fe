// A run whose time to be confirmed is up while its guard is gone: each start of this program that
// may write undoes it before it does anything else; one that only reads says that it waits.
#pragma once

#include "cli/verb.h"

#include <string>
#include <string_view>

namespace tuner {

// Of every verb that writes, and of a check with --job or --repair. `confirm --force` keeps such a
// run instead.
bool settles_overdue(const Verb& verb, const Options& options);

// Under the lock. Where it cannot be undone now (the lock is taken, a right is missing, a write
// fails), it stays as it is, with a warning, and the verb meets it as any other that waits.
void settle_overdue(Context& context, const Verb& verb);

// How a run of this boot that waits to be confirmed stands, for a verb that reads; empty: none
// does.
std::string waiting_note(const Context& context, std::string_view boot_id);

}  // namespace tuner
