// Files with a secret, readable by their owner only.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// Reads at most 64 KiB. As ssh requires of its keys, it must be a regular file of this user or
// root, without permissions for group and others, who must not be able to write to a folder above
// it. Refused: it is not; the hint has the command that fixes it. NotFound, NotPermitted, Io: it
// cannot be read.
Result<std::string> read_secret_file(const std::string& path);

// Creates a new file with this text, mode 0600 under any umask. Never writes to an existing file or
// through a link. Refused: another user owns the folder or can replace files in it. Other faults as
// open(2).
Outcome write_new_secret_file(const std::string& path, std::string_view text);

}  // namespace tuner
