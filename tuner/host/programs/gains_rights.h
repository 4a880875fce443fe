// Whether starting a file gives this process more rights than it has. Then OpenSSL in it ignores
// the environment (secure_getenv(3)).
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <optional>
#include <string>

namespace tuner {

// Why a process of this effective user and group that starts the file would have AT_SECURE
// (getauxval(3)), as a clause; nullopt: it would not. Faults: as stat(2) and getxattr(2).
Result<std::optional<std::string>> why_secure(const std::string& executable, uid_t user,
                                              gid_t group);

}  // namespace tuner
