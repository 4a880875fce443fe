// Finds the process that holds a flock(2) lock, from the kernel's list of locks.
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
  bool stopped = false;  // by a signal or debugger: keeps the lock until it is continued or killed
};

// `identity`: "device:inode" of the locked file (FileTree::identity). /proc/locks (proc(5)) has the
// process that took the lock. If that has ended, a process that inherited the descriptor holds the
// lock and is searched in /proc/PID/fdinfo. nullopt: no such lock, or the holder is not visible
// (another PID namespace, hidepid).
std::optional<LockHolder> lock_holder(const FileTree& files, std::string_view identity);

// "pid 4711 (ktls-tuner), stopped"
std::string holder_text(const LockHolder& holder);

}  // namespace tuner
