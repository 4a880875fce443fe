// Whether starting a file gives more rights than its caller has. Then OpenSSL in it ignores the
// environment (secure_getenv(3)).
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <optional>
#include <string>

namespace tuner {

// Set-uid, set-gid, or with file capabilities. A process that runs as root already gains nothing by
// the last. Faults: as stat(2) and getxattr(2).
Result<bool> gains_rights(const std::string& executable);

// Why a process of this effective user and group that starts the file would have AT_SECURE
// (getauxval(3)), as a clause; nullopt: it would not. Faults as above.
Result<std::optional<std::string>> why_secure(const std::string& executable, uid_t user,
                                              gid_t group);

}  // namespace tuner
