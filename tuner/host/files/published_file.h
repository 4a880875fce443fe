// Files for other programs (metrics, reports), in a folder that may belong to another user.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace tuner {

// Replaces a file atomically: a temporary file in the same folder, then rename. World-readable
// under any umask. Does not create the folder: NotFound names it. A device or FIFO at `path` is
// written to, never replaced. Refused, with nothing written: `path` is a symbolic link or a folder;
// the folder is the kernel's (/dev, /proc, /sys); or this process is root and a user who does not
// own the folder could have redirected the path to it.
Outcome publish(const std::string& path, std::string_view text);

// Reads a file that publish() wrote, at most 1 MiB. NotFound: there is none. Refused: it is not a
// regular file, it has several links, or another user owns it or can write it. The folder may
// belong to another user, who can put a file of their own there.
Result<std::string> read_published(const std::string& path);

// The path of `folder` with links resolved, if publish() would create a file in it. Refused and
// NotFound as publish(). Writes nothing.
Result<std::string> folder_to_publish_in(const std::string& folder);

}  // namespace tuner
