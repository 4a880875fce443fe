// The one way to put a whole file where a name is: all of it, durable, or nothing.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <string>
#include <string_view>

namespace tuner {

// Kept: a power cut later leaves the old file or the new one. Seen: readers do; what is made anew
// every few minutes is not worth an fsync(2).
enum class Lasts { Kept, Seen };

// Under a temporary name that nobody can guess or have made before (O_EXCL), with this mode
// whatever the umask; made durable, renamed, and the folder made durable. `folder`: open, O_PATH is
// enough. `shown`: the path for messages. Refused: what has the name now is no regular file, but a
// link, a device, a pipe or a folder; it is left as it is.
Outcome replace_file(int folder, const std::string& name, std::string_view text, mode_t mode,
                     std::string_view shown, Lasts lasts = Lasts::Kept);

// All of it with one write(2); ENOSPC where the kernel took a part.
Outcome write_whole(int fd, std::string_view text, std::string_view shown);

// What was created, renamed or removed in it is durable only once the folder is.
Outcome sync_folder(int folder, std::string_view shown);

}  // namespace tuner
