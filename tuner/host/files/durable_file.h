// Replaces a whole file atomically. The only function of the project that does so.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <string>
#include <string_view>

namespace tuner {

// Kept: fsync(2); a power failure leaves the old or the new file. Seen: no fsync(2); readers still
// see the old or the new file. For files that are rewritten every few minutes.
enum class Lasts { Kept, Seen };

// Writes a temporary file with an unpredictable name (O_EXCL), with this mode under any umask,
// syncs it, renames it and syncs the folder. `folder`: an open folder; O_PATH is enough. `shown`:
// the path for messages. Refused: the name exists and is not a regular file (a link, device, pipe
// or folder); it is left unchanged.
Outcome replace_file(int folder, const std::string& name, std::string_view text, mode_t mode,
                     std::string_view shown, Lasts lasts = Lasts::Kept);

// Writes the whole text with one write(2). ENOSPC after a short write.
Outcome write_whole(int fd, std::string_view text, std::string_view shown);

// fsync(2) of a folder. Makes files created, renamed or removed in it durable.
Outcome sync_folder(int folder, std::string_view shown);

}  // namespace tuner
