// A file that holds a secret and must be nobody else's to read.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// At most 64 KiB of a regular file that belongs to this user or to root and that group and others
// may not touch, nor write in a folder above it, as ssh wants its keys. Refused: it is not so, with
// the command that mends it; NotFound, NotPermitted, Io: it cannot be read.
Result<std::string> read_secret_file(const std::string& path);

// A new file with this text, mode 0600 whatever the umask. What is there already is never written
// into, nor what a link leads to. Refused: the folder is another user's, or others may exchange
// what is in it; else as open(2).
Outcome write_new_secret_file(const std::string& path, std::string_view text);

}  // namespace tuner
