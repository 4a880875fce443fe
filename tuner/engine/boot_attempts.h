// How often the boot unit began to set the persisted profile without coming to an end, so that a
// profile that hangs a machine does not come back at every boot. One sealed JSON object in
// /var/lib/ktls-tuner/boot-attempts, written before the unit sets anything and removed at its end.
#pragma once

#include "host/files/state_store.h"
#include "host/host.h"

#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kBootAttemptsPath = "/var/lib/ktls-tuner/boot-attempts";
// After so many boots in a row that did not come to the end of it, the profile is skipped.
inline constexpr int kMostBootAttempts = 3;

struct BootAttempts {
  int count = 0;
  std::string boot_id;  // of the last one
  std::string at;       // RFC 3339
};

// Missing file: none. Damaged or unreadable: an error, because the number is not known then.
Result<BootAttempts> load_boot_attempts(const StateStore& store);

// Counts this boot, once, and is durable when it returns.
Outcome begin_boot(StateStore& store, std::string_view boot_id, std::string_view at);

// It came to its end, or a person has applied a profile since.
Outcome forget_boot_attempts(StateStore& store);

// Why no unattended run sets anything in this boot: `ktls_tuner.skip` on the kernel's command line
// (/proc/cmdline), attempts without an end, or a number of them that is not known. `by_choice`: the
// administrator asked for it. Empty `because`: unattended runs may set.
struct BootSkip {
  std::string because;
  bool by_choice = false;
};
BootSkip boot_skip(const FileTree& files, const StateStore& store, std::string_view boot_id);

}  // namespace tuner
