#include "host/facts/neighbours.h"

#include "base/ini_file.h"
#include "base/text.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"
#include "model/programs/config_words.h"

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
  std::string_view pid_file;  // empty: it writes none
  std::string_view process;   // the name of its process
};
constexpr std::array kPrograms{
    Program{"irqbalance", "irqbalance.service", "/run/irqbalance.pid", "irqbalance"},
    Program{"tuned", "tuned.service", "/run/tuned/tuned.pid", "tuned"},
    Program{"NetworkManager", "NetworkManager.service", "/run/NetworkManager/NetworkManager.pid",
            "NetworkManager"},
    Program{"bpftune", "bpftune.service", "/run/bpftune.pid", "bpftune"},
    // google_guest_agent and its successor google_guest_agent_manager; the kernel keeps 15
    // characters of a name.
    Program{kGuestAgent, "google-guest-agent.service", "", "google_guest_ag"},
    Program{kGuestAgent, "google-guest-agent-manager.service", "", "google_guest_ag"},
};

constexpr std::string_view kVendor = "/sys/class/dmi/id/sys_vendor";

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
      if (pid && runs_as(files, *pid, program.process)) return *pid;
    }
  }
  return 0;
}

int pid_from_file(const FileTree& files, const Program& program) {
  if (program.pid_file.empty()) return 0;
  const auto pid = read_integer(files, program.pid_file);
  return pid && runs_as(files, *pid, program.process) ? *pid : 0;
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
    // The name of an abstract socket is padded with NULs, printed as '@'.
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
  // Elsewhere its control groups are not looked for: this one read replaces six.
  if (program.name == kGuestAgent && read_word(files, kVendor) != "Google") return 0;
  if (const int pid = pid_from_service(files, program)) return pid;
  if (const int pid = pid_from_file(files, program)) return pid;
  return program.name == "irqbalance" ? pid_from_sockets(files) : 0;
}

std::string detail_of(const FileTree& files, const Program& program, int pid) {
  std::string detail = fmt::format("pid {}", pid);
  if (program.name == kGuestAgent)
    return fmt::format("{}, {}", detail,
                       guest_agent_sets_queues(files) ? "runs google_set_multiqueue at its start"
                                                      : "set_multiqueue = false");
  if (program.name != "tuned") return detail;
  const std::string profile = read_word(files, "/etc/tuned/active_profile");
  return profile.empty() ? detail : fmt::format("{}, profile {}", detail, profile);
}

}  // namespace

std::vector<Neighbour> collect_neighbours(const FileTree& files) {
  std::vector<Neighbour> neighbours;
  for (const Program& program : kPrograms) {
    // The guest agent has two rows, of which one may run.
    if (std::ranges::count(neighbours, program.name, &Neighbour::name) > 0) continue;
    const int pid = find_pid(files, program);
    if (pid <= 0) continue;
    neighbours.push_back(
        {.name = std::string(program.name), .detail = detail_of(files, program, pid), .pid = pid});
  }
  return neighbours;
}

// The agent reads the file, then .distro and .template, all keys in lower case; the last value of a
// key counts (parseConfig() in google_guest_agent/main.go, and go-ini).
bool guest_agent_sets_queues(const FileTree& files) {
  constexpr std::array<std::string_view, 6> kOff{"0", "f", "false", "n", "no", "off"};
  std::string value;
  for (const std::string_view ending : {"", ".distro", ".template"}) {
    const auto text = files.read(fmt::format("/etc/default/instance_configs.cfg{}", ending));
    for (const IniLine& line : read_ini(text.value_or(""))) {
      if (same_word(line.section, "InstanceSetup") && same_word(line.key, "set_multiqueue"))
        value = line.value;
    }
  }
  return std::ranges::none_of(kOff, [&](std::string_view off) { return same_word(value, off); });
}

int tuning_program_pid(const FileTree& files, std::string_view program) {
  const auto* known = std::ranges::find(kPrograms, program, &Program::name);
  return known == kPrograms.end() ? 0 : find_pid(files, *known);
}

}  // namespace tuner
