// A file for other programs, in a folder that may belong to one of them, which may look into it at
// any moment.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// Whole or not at all: a temporary file beside it, then renamed. Readable by everybody whatever the
// umask. The folder is never made: NotFound names it. A device or FIFO that has the name is written
// into, never replaced. Refused, and nothing is written: a symbolic link or a folder has the name;
// the folder is one of the kernel's (/dev, /proc, /sys); or a user other than root could have
// chosen the folder that root writes in, without owning it.
Outcome publish(const std::string& path, std::string_view text);

// Where `folder` really is, its links followed, if publish() would make a file in it; Refused and
// NotFound as there. Nothing is written.
Result<std::string> folder_to_publish_in(const std::string& folder);

}  // namespace tuner
