// Whether starting a file gives more rights than its caller has. Then OpenSSL in it ignores the
// environment (secure_getenv(3)).
#pragma once

#include "base/result.h"

#include <string>

namespace tuner {

// Set-uid, set-gid, or with file capabilities. A process that runs as root already gains nothing by
// the last. Faults: as stat(2) and getxattr(2).
Result<bool> gains_rights(const std::string& executable);

}  // namespace tuner
