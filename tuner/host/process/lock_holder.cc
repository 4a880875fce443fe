#include "host/process/lock_holder.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <sys/sysmacros.h>

#include <algorithm>

namespace tuner {
namespace {

// "65024:5407594" in the format of /proc/locks: "fe:00:5407594".
//
// fs/locks.c prints major and minor number as %02x, the inode in decimal.
std::optional<std::string> in_proc_locks_format(std::string_view identity) {
  const auto colon = identity.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto device = whole_number<std::uint64_t>(identity.substr(0, colon), 0);
  if (!device) return std::nullopt;
  return fmt::format("{:02x}:{:02x}:{}", major(*device), minor(*device),
                     identity.substr(colon + 1));
}

// The PID in the line of a lock on `file`:
//   1: FLOCK  ADVISORY  WRITE 17683 fe:00:5407594 0 EOF
// Lines of waiting processes have "->" after the number and are skipped.
std::optional<int> pid_in_lock_line(std::string_view text, std::string_view file) {
  constexpr std::size_t kPid = 4;
  constexpr std::size_t kFile = 5;
  for (const std::string_view line : lines(text)) {
    const auto from = line.find("FLOCK");
    if (from == std::string_view::npos || line.find("->") != std::string_view::npos) continue;
    // In /proc/PID/fdinfo the line follows "lock:".
    const std::string numbered = fmt::format("0: {}", line.substr(from));
    const auto fields = split_whitespace(numbered);
    if (fields.size() <= kFile || fields[kFile] != file) continue;
    const auto pid = whole_number<int>(fields[kPid], 0);
    return pid ? std::optional(*pid) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<LockHolder> holder_with_pid(const FileTree& files, int pid) {
  const auto look = read_process_stat(files, pid);
  if (!look) return std::nullopt;
  return LockHolder{.process = look->identity, .name = look->name, .stopped = look->stopped};
}

bool has_lock(const FileTree& files, std::string_view process, std::string_view file) {
  const std::string folder = fmt::format("/proc/{}/fdinfo", process);
  const auto descriptors = files.list(folder);
  if (!descriptors) return false;
  return std::ranges::any_of(*descriptors, [&](const std::string& descriptor) {
    const auto text = files.read(fmt::format("{}/{}", folder, descriptor));
    return text && pid_in_lock_line(*text, file).has_value();
  });
}

// A flock(2) lock belongs to the open file description. /proc/locks names the process that took it,
// even if that has ended and a child that inherited the descriptor keeps it. Only fdinfo shows
// which.
std::optional<LockHolder> inheritor_of_lock(const FileTree& files, std::string_view file) {
  const auto processes = files.list("/proc");
  if (!processes) return std::nullopt;
  for (const std::string& process : *processes) {
    const auto pid = whole_number<int>(process, 1);
    if (pid && has_lock(files, process, file)) return holder_with_pid(files, *pid);
  }
  return std::nullopt;
}

}  // namespace

std::optional<LockHolder> lock_holder(const FileTree& files, std::string_view identity) {
  const auto file = in_proc_locks_format(identity);
  const auto locks = files.read("/proc/locks");
  if (!file || !locks) return std::nullopt;
  const auto taker = pid_in_lock_line(*locks, *file);
  if (!taker) return std::nullopt;
  if (auto holder = holder_with_pid(files, *taker)) return holder;
  return inheritor_of_lock(files, *file);
}

std::string holder_text(const LockHolder& holder) {
  return fmt::format("pid {} ({}){}", holder.process.pid, holder.name,
                     holder.stopped ? ", stopped" : "");
}

}  // namespace tuner
