// Protection against a profile that hangs the boot: the boot unit's apply counts its attempts.
// After three that did not finish, or with `ktls_tuner.skip` on the kernel's command line,
// unattended runs set nothing.
#pragma once

#include "cli/request/verb.h"

#include <optional>
#include <string>

namespace tuner {

// Why unattended runs set nothing in this boot; empty: they may set the profile.
std::string boot_skip_text(const Context& context);

// Answer of an unattended run that is skipped: exit code 1, or 0 if the administrator chose the
// skip on the kernel's command line. nullopt: do not skip.
std::optional<Answer> boot_skip_result(const Context& context);

// For --boot: counts this attempt, before anything is set. Fails if the record of earlier attempts
// cannot be read. If this attempt cannot be recorded (read-only /var), prints a warning.
Outcome count_boot(Context& context);
// For --boot: removes the record of attempts, because this one reached its end.
void end_boot(Context& context);

}  // namespace tuner
