#include "host/process/process.h"

#include "base/handle.h"
#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>

namespace tuner {
namespace {

struct Capability {
  std::string_view name;
  int bit;
};

// The capabilities that setting families name; numbers from include/uapi/linux/capability.h.
constexpr std::array kCapabilities{
    Capability{"CAP_DAC_OVERRIDE", 1}, Capability{"CAP_NET_ADMIN", 12},
    Capability{"CAP_SYS_MODULE", 16}, Capability{"CAP_SYS_PTRACE", 19},
    Capability{"CAP_SYS_ADMIN", 21}};

// CapEff:	000001ffffffffff
std::optional<std::uint64_t> effective(const FileTree& files) {
  constexpr std::string_view kField = "CapEff:";
  const auto status = files.read("/proc/self/status");
  if (!status) return std::nullopt;
  for (const std::string_view line : lines(*status)) {
    if (!line.starts_with(kField)) continue;
    const std::string_view digits = trim(line.substr(kField.size()));
    const auto bits = whole_number<std::uint64_t>(digits, 0, ~std::uint64_t{0}, 16);
    if (bits) return *bits;
  }
  return std::nullopt;
}

std::string stat_path(int pid) {
  return fmt::format("/proc/{}/stat", pid);
}

}  // namespace

std::string current_user_text() {
  const std::string user = ::geteuid() == 0 ? "root" : fmt::format("uid {}", ::geteuid());
  if (const char* sudo = std::getenv("SUDO_USER")) return fmt::format("{} (sudo: {})", user, sudo);
  std::ifstream file("/proc/self/loginuid");
  std::uint32_t login = 0;  // 4294967295: unset, as in services
  const bool person = static_cast<bool>(file >> login) && login != 0 && login != ~std::uint32_t{0};
  return person ? fmt::format("{} (login uid {})", user, login) : user;
}

int process_id() {
  return static_cast<int>(::getpid());
}

// 812 (tmux: server) S 1 812 812 0 -1 4194560 …
// The name may contain blanks and parentheses, so fields are counted from the last ")": the state
// is field 3, starttime field 22 (proc(5)).
std::optional<ProcessStat> parse_process_stat(std::string_view stat, int pid) {
  constexpr std::size_t kStateField = 3;
  constexpr std::size_t kStartField = 22;
  const std::size_t name_begin = stat.find('(');
  const std::size_t name_end = stat.rfind(')');
  if (name_begin >= name_end || name_end == std::string::npos) return std::nullopt;
  const auto fields = split_whitespace(trim(stat.substr(name_end + 1)));
  if (fields.size() <= kStartField - kStateField) return std::nullopt;
  // A zombie does nothing any more; only its parent has not waited for it yet.
  if (fields[0] == "Z" || fields[0] == "X") return std::nullopt;
  const auto start = whole_number<std::int64_t>(fields[kStartField - kStateField], 0);
  if (!start) return std::nullopt;
  return ProcessStat{.identity = {.pid = pid, .start = *start},
                     .name = std::string(stat.substr(name_begin + 1, name_end - name_begin - 1)),
                     .stopped = fields[0] == "T" || fields[0] == "t"};
}

std::optional<ProcessStat> read_process_stat(const FileTree& files, int pid) {
  const auto stat = files.read(stat_path(pid));
  return stat ? parse_process_stat(*stat, pid) : std::nullopt;
}

std::optional<ProcessIdentity> identify_process(const FileTree& files, int pid) {
  const auto look = read_process_stat(files, pid);
  return look ? std::optional(look->identity) : std::nullopt;
}

ProcessIdentity this_process(const FileTree& files) {
  return identify_process(files, process_id()).value_or(ProcessIdentity{.pid = process_id()});
}

bool is_running(const FileTree& files, const ProcessIdentity& process) {
  // Without /proc, or with hidepid=, other processes cannot be seen. A run that may be alive must
  // not be finished by another, so it counts as running.
  if (!files.exists("/proc/1/stat")) return true;
  const auto stat = files.read(stat_path(process.pid));
  if (!stat) return !is_absent(stat.error());
  const auto look = parse_process_stat(*stat, process.pid);
  return look && look->identity == process;
}

bool is_stopped(const FileTree& files, const ProcessIdentity& process) {
  const auto look = read_process_stat(files, process.pid);
  return look && look->identity == process && look->stopped;
}

void kill_process(const FileTree& files, const ProcessIdentity& process) {
  if (process.pid <= 1) return;
  // Open the pidfd before the comparison: from then on it cannot refer to another process.
  const UniqueFd fd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!fd || identify_process(files, process.pid) != process) return;
  static_cast<void>(::syscall(SYS_pidfd_send_signal, fd.get(), SIGKILL, nullptr, 0));
}

std::vector<std::string> missing_capabilities(const FileTree& files,
                                              const std::vector<std::string_view>& wanted) {
  std::vector<std::string> missing;
  const auto have = effective(files);
  // Not known: the write is tried, and its own error tells what is missing.
  if (!have) return missing;
  for (const std::string_view name : wanted) {
    const auto* row = std::ranges::find(kCapabilities, name, &Capability::name);
    if (row == kCapabilities.end() || ((*have >> row->bit) & 1U) != 0) continue;
    if (std::ranges::count(missing, name) == 0) missing.emplace_back(name);
  }
  return missing;
}

}  // namespace tuner
