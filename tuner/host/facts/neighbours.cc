#include "host/facts/neighbours.h"

#include "base/text.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// Reading every process would need thousands of reads on a large machine. The control group of the
// service has the PID; without a service manager these programs have a PID file or a socket.
struct Program {
  std::string_view name;
  std::string_view unit;
  std::string_view pid_file;
};
constexpr std::array kPrograms{
    Program{"irqbalance", "irqbalance.service", "/run/irqbalance.pid"},
    Program{"tuned", "tuned.service", "/run/tuned/tuned.pid"},
    Program{"NetworkManager", "NetworkManager.service", "/run/NetworkManager/NetworkManager.pid"},
    Program{"bpftune", "bpftune.service", "/run/bpftune.pid"},
};

// cgroup v2, then systemd's hybrid and legacy layouts.
constexpr std::array<std::string_view, 3> kServiceFolders{"/sys/fs/cgroup/system.slice",
                                                          "/sys/fs/cgroup/unified/system.slice",
                                                          "/sys/fs/cgroup/systemd/system.slice"};

// A PID file may outlive its process, and the PID may be reused, so check the process name. The
// name of a Python program (tuned) is that of the interpreter.
bool runs_as(const FileTree& files, int pid, std::string_view name) {
  const std::string comm = read_word(files, fmt::format("/proc/{}/comm", pid));
  return comm == name || (name == "tuned" && comm.starts_with("python"));
}

// cgroup.procs has a PID per line. Helpers of a service are in the same group, so the name decides.
int pid_from_service(const FileTree& files, const Program& program) {
  for (const std::string_view folder : kServiceFolders) {
    const auto pids = files.read(fmt::format("{}/{}/cgroup.procs", folder, program.unit));
    if (!pids) continue;
    for (const std::string_view line : lines(*pids)) {
      const auto pid = numbered(line, "");
      if (pid && runs_as(files, *pid, program.name)) return *pid;
    }
  }
  return 0;
}

int pid_from_file(const FileTree& files, const Program& program) {
  const auto pid = read_integer(files, program.pid_file);
  return pid && runs_as(files, *pid, program.name) ? *pid : 0;
}

// "irqbalance412.sock" → 412
//
// irqbalance answers queries on a socket with its PID in the name: in /run/irqbalance, or an
// abstract one.
int pid_of_socket(std::string_view name) {
  constexpr std::string_view kEnd = ".sock";
  if (!name.ends_with(kEnd)) return 0;
  return numbered(name.substr(0, name.size() - kEnd.size()), "irqbalance").value_or(0);
}

// Num      : RefCount Protocol Flags    Type St Inode Path
// ffff8881 : 00000002 00000000 00010000 0001 01 23 /run/irqbalance/irqbalance412.sock
// ffff8882 : 00000002 00000000 00010000 0001 01 24 @irqbalance412.sock@@@@@@@@@@@@@@@@@@@@@@
int pid_from_named_socket(const FileTree& files, std::string_view sockets) {
  for (std::size_t at = sockets.find("irqbalance"); at != std::string_view::npos;
       at = sockets.find("irqbalance", at + 1)) {
    const auto end = sockets.find_first_of(" \n@/", at);
    const int pid = pid_of_socket(sockets.substr(at, end - at));
    if (pid > 0 && runs_as(files, pid, "irqbalance")) return pid;
  }
  return 0;
}

int pid_by_name(const FileTree& files, std::string_view name) {
  for (const int pid : list_numbered(files, "/proc", "")) {
    if (runs_as(files, pid, name)) return pid;
  }
  return 0;
}

// If its folder in /run is missing, irqbalance (seen with 1.9.2) binds an abstract socket whose
// name is all NULs, which the kernel prints as '@'. No other program does that. Only then every
// process is read.
constexpr std::string_view kAllNul = " @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@";

int pid_from_sockets(const FileTree& files) {
  for (const std::string& name : list_or_none(files, "/run/irqbalance")) {
    const int pid = pid_of_socket(name);
    if (pid > 0 && runs_as(files, pid, "irqbalance")) return pid;
  }
  const auto sockets = files.read("/proc/net/unix").value_or("");
  if (const int pid = pid_from_named_socket(files, sockets)) return pid;
  return sockets.find(kAllNul) == std::string::npos ? 0 : pid_by_name(files, "irqbalance");
}

int find_pid(const FileTree& files, const Program& program) {
  if (const int pid = pid_from_service(files, program)) return pid;
  if (const int pid = pid_from_file(files, program)) return pid;
  return program.name == "irqbalance" ? pid_from_sockets(files) : 0;
}

std::string detail_of(const FileTree& files, const Program& program, int pid) {
  std::string detail = fmt::format("pid {}", pid);
  if (program.name != "tuned") return detail;
  const std::string profile = read_word(files, "/etc/tuned/active_profile");
  return profile.empty() ? detail : fmt::format("{}, profile {}", detail, profile);
}

}  // namespace

std::vector<Neighbour> collect_neighbours(const FileTree& files) {
  std::vector<Neighbour> neighbours;
  for (const Program& program : kPrograms) {
    const int pid = find_pid(files, program);
    if (pid <= 0) continue;
    neighbours.push_back(
        {.name = std::string(program.name), .detail = detail_of(files, program, pid), .pid = pid});
  }
  return neighbours;
}

int tuning_program_pid(const FileTree& files, std::string_view program) {
  const auto* known = std::ranges::find(kPrograms, program, &Program::name);
  return known == kPrograms.end() ? 0 : find_pid(files, *known);
}

}  // namespace tuner
