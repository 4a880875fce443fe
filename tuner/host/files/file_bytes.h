// An open file of this machine: that it is a regular one, which one it is, and its bytes.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/host.h"

#include <sys/stat.h>

#include <string>
#include <string_view>

namespace tuner {

// `path` is for errors. Invalid: not a regular file. A FIFO in a configuration folder would block a
// read, and a device may have no end.
Result<struct stat> stat_of_regular(int fd, std::string_view path);

// "device:inode", as FileTree::identity().
std::string identity_of(const struct stat& about);

// Opens what `place` stands for, a descriptor of O_PATH, if it is a regular file. Faults of
// stat_of_regular() and of open(2).
Result<FileBytes> bytes_of(UniqueFd place, std::string_view path);

}  // namespace tuner
