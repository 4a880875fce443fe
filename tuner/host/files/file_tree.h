// The two file trees: this machine's "/", and a folder with a recorded machine.
#pragma once

#include "host/host.h"

#include <memory>
#include <string>

namespace tuner {

// This machine. Opens files on demand only.
std::unique_ptr<FileTree> local_file_tree();

// The tree below `root` as if that were "/": absolute links and ".." stay inside. Rejects every
// write with Refused. Faults: NotFound, NotPermitted; Unsupported before Linux 5.6, which has no
// openat2(2).
Result<std::unique_ptr<FileTree>> recorded_file_tree(const std::string& root);

}  // namespace tuner
