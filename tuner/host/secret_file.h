// A file that holds a secret and must be nobody else's to read.
#pragma once

#include "base/result.h"

#include <string>

namespace tuner {

// At most 64 KiB of a regular file that belongs to this user or to root and that group and others
// may not touch, nor write in a folder above it, as ssh wants its keys. Refused: it is not so, with
// the command that mends it; NotFound, NotPermitted, Io: it cannot be read.
Result<std::string> read_secret_file(const std::string& path);

}  // namespace tuner
