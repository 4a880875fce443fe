// This process: who runs it, and what it may do. And others, by a number that cannot be recycled.
#pragma once

#include "host/host.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// For "by whom" in journal and history: "root", "root (sudo: alice)", "root (login uid 1000)".
std::string who_runs_this();

int process_id();

// A process for good: its number is given away again, but not with the same start.
struct ProcessIdentity {
  int pid = 0;
  std::int64_t start = 0;  // clock ticks since boot: /proc/PID/stat, starttime
  bool operator==(const ProcessIdentity&) const = default;
};

struct ProcessLook {
  ProcessIdentity identity;
  std::string name;      // of its program, at most 15 bytes
  bool stopped = false;  // by a signal or a debugger
};
// Nothing: no such process, or only its remains (a zombie).
std::optional<ProcessLook> look_at_process(const FileTree& files, int pid);
std::optional<ProcessIdentity> identify_process(const FileTree& files, int pid);
ProcessIdentity this_process(const FileTree& files);

// Also true where processes of others cannot be seen at all (hidepid, a recorded machine), and
// where the look at this one failed: gone is said only of what was looked at and is not there.
bool is_running(const FileTree& files, const ProcessIdentity& process);
// It is this one, and it does nothing until it is continued.
bool is_stopped(const FileTree& files, const ProcessIdentity& process);

// SIGKILL, if it is still this one. What it wrote stays as it is.
void kill_process(const FileTree& files, const ProcessIdentity& process);

// Those of `wanted` ("CAP_NET_ADMIN") that this process does not have effectively, each once. Names
// unknown here and an unreadable /proc/self/status count as had: the kernel has the last word
// anyway.
std::vector<std::string> missing_capabilities(const FileTree& files,
                                              const std::vector<std::string_view>& wanted);

}  // namespace tuner
