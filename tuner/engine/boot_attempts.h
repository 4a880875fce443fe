// Counts boots in which the boot unit began to set the persisted profile but did not finish, so
// that a profile that hangs a machine is not set at every boot. One sealed JSON object in
// /var/lib/ktls-tuner/boot-attempts, written before the unit sets anything and removed when it
// ends.
#pragma once

#include "host/files/state_store.h"
#include "host/host.h"

#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kBootAttemptsPath = "/var/lib/ktls-tuner/boot-attempts";
// After this many consecutive boots that did not finish, the profile is skipped.
inline constexpr int kMostBootAttempts = 3;

struct BootAttempts {
  int count = 0;
  std::string boot_id;  // of the last attempt
  std::string at;       // of the last attempt, RFC 3339
};

// Missing file: no attempts. Error if it is damaged or unreadable: the number is unknown then.
Result<BootAttempts> load_boot_attempts(const StateStore& store);

// Counts this boot, at most once. Durable when it returns.
Outcome begin_boot(StateStore& store, std::string_view boot_id, std::string_view at);

// Resets the count: the unit finished, or a person has applied a profile since then.
Outcome reset_boot_attempts(StateStore& store);

// Why unattended runs must set nothing in this boot: `ktls_tuner.skip` on the kernel's command line
// (/proc/cmdline; then `by_choice` is true), too many unfinished attempts, or an unknown number of
// them. `because` is empty if unattended runs may set the profile.
struct BootSkip {
  std::string because;
  bool by_choice = false;
};
BootSkip boot_skip(const FileTree& files, const StateStore& store, std::string_view boot_id);

}  // namespace tuner
