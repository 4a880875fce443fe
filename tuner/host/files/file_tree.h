// The two file trees of the product: the machine's own "/", and a folder that holds a recorded one.
#pragma once

#include "host/host.h"

#include <memory>
#include <string>

namespace tuner {

// The machine itself. Opens nothing until asked.
std::unique_ptr<FileTree> local_file_tree();

// Everything below `root`, as if it were "/": absolute links and ".." stay inside. Refuses every
// write (Fault::Refused). Faults: NotFound, NotPermitted; Unsupported before Linux 5.6, which has
// no openat2(2).
Result<std::unique_ptr<FileTree>> recorded_file_tree(const std::string& root);

}  // namespace tuner
