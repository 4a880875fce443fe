// This process (user, capabilities), and other processes, identified beyond PID reuse.
#pragma once

#include "host/host.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The user, for journal and history: "root", "root (sudo: alice)", "root (login uid 1000)".
std::string current_user_text();

int process_id();

// Identifies a process beyond PID reuse: PID plus start time.
struct ProcessIdentity {
  int pid = 0;
  std::int64_t start = 0;  // clock ticks since boot: /proc/PID/stat, starttime
  bool operator==(const ProcessIdentity&) const = default;
};

struct ProcessStat {
  ProcessIdentity identity;
  std::string name;      // of its program, at most 15 bytes
  bool stopped = false;  // by a signal or a debugger
};
// Of the text of /proc/PID/stat. nullopt: a zombie, or not as proc_pid_stat(5) has it.
std::optional<ProcessStat> parse_process_stat(std::string_view stat, int pid);
// nullopt: no such process, a zombie, or /proc/PID/stat cannot be read.
std::optional<ProcessStat> read_process_stat(const FileTree& files, int pid);
std::optional<ProcessIdentity> identify_process(const FileTree& files, int pid);
ProcessIdentity this_process(const FileTree& files);

// false only if it has ended for certain. true also if other processes are not visible (hidepid, a
// recorded machine) or if reading this one failed.
bool is_running(const FileTree& files, const ProcessIdentity& process);
// Whether this process exists and is stopped.
bool is_stopped(const FileTree& files, const ProcessIdentity& process);

// Sends SIGKILL if the PID still belongs to this process.
void kill_process(const FileTree& files, const ProcessIdentity& process);

// Names in `wanted` ("CAP_NET_ADMIN") that are not effective in this process, without duplicates.
// Skips unknown names. Empty if /proc/self/status cannot be read: the kernel checks anyway.
std::vector<std::string> missing_capabilities(const FileTree& files,
                                              const std::vector<std::string_view>& wanted);

}  // namespace tuner
