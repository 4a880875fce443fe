// Which process holds a lock of flock(2): by the kernel's own list, not by what a file says.
#pragma once

#include "host/host.h"
#include "host/process/process.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct LockHolder {
  ProcessIdentity process;
  std::string name;      // of its program, as /proc/PID/stat has it
  bool stopped = false;  // by a signal or a debugger: it lets go only when it is continued or ended
};

// `identity`: of the locked file, "device:inode" (FileTree::identity). /proc/locks (proc(5)) has
// the process that took the lock; when that has ended, the lock is held by one that inherited the
// descriptor, which is looked for in /proc/PID/fdinfo. Nothing: no such lock, or its holder cannot
// be seen from here (another pid namespace, hidepid).
std::optional<LockHolder> lock_holder(const FileTree& files, std::string_view identity);

// "pid 4711 (ktls-tuner), stopped"
std::string holder_text(const LockHolder& holder);

}  // namespace tuner
