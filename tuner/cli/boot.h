// What the boot unit's apply adds: its attempts are counted, and after three without an end, or by
// the kernel's command line, no unattended run sets anything.
#pragma once

#include "cli/verb.h"

#include <optional>
#include <string>

namespace tuner {

// Of --if-active, --boot, --repair and --job.
bool is_unattended(const Options& options);

// Why nothing is set unattended in this boot; empty: it may be.
std::string boot_skip_text(const Context& context);

// The answer of an unattended verb that is skipped: 1, and 0 where the administrator asked for it.
// Nothing: it goes on.
std::optional<Answer> skipped_at_boot(const Context& context);

// With --boot, before anything is set. An error: the attempts before are not known. That this one
// cannot be noted (a read-only /var) is a warning.
Outcome count_boot(Context& context);
void end_boot(Context& context);

}  // namespace tuner
