#include "host/sockets/socket_owners.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "base/number.h"
#include "base/text.h"
#include "model/programs/service_name.h"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace tuner {
namespace {

// PROC_PID_INIT_INO in include/linux/proc_ns.h: the PID namespace that sees every process.
constexpr std::string_view kInitialPids = "pid:[4026531836]";

using Folder = Handle<DIR, ::closedir>;

Folder open_folder(int parent, const std::string& name) {
  UniqueFd fd = open_fd_at(parent, name, O_RDONLY | O_DIRECTORY);
  if (!fd) return nullptr;
  Folder folder(::fdopendir(fd.get()));
  if (folder) fd.release();
  return folder;
}

std::string link_text(int folder, const char* name) {
  std::array<char, 64> target{};
  const auto length = ::readlinkat(folder, name, target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// "socket:[81234]" → 81234
std::optional<std::uint64_t> socket_inode(std::string_view target) {
  constexpr std::string_view kSocket = "socket:[";
  if (!target.starts_with(kSocket) || !target.ends_with(']')) return std::nullopt;
  target.remove_prefix(kSocket.size());
  target.remove_suffix(1);
  const auto inode = whole_number<std::uint64_t>(target);
  return inode ? std::optional(*inode) : std::nullopt;
}

// Files of procfs that are shorter than a page.
std::string short_file(int folder, const std::string& name) {
  const UniqueFd fd = open_fd_at(folder, name, O_RDONLY);
  std::array<char, 4096> text;
  if (!fd) return {};
  const auto size = retry_interrupted([&] { return ::read(fd.get(), text.data(), text.size()); });
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

class Search {
 public:
  Search(const std::unordered_set<std::uint64_t>& inodes, const OwnerLimits& limits)
      : inodes_(inodes), limits_(limits) {}

  bool ended() const {
    return owners_.of_inode.size() == inodes_.size() || looked_at_ >= limits_.processes ||
           descriptors_ >= limits_.descriptors || std::chrono::steady_clock::now() > limits_.until;
  }
  bool found_all() const { return owners_.of_inode.size() == inodes_.size(); }

  void look_at(int proc, int pid) {
    ++looked_at_;
    // All reads go through this descriptor: if the process ends, they fail, and never see another
    // process that got its number.
    const UniqueFd process = open_fd_at(proc, fmt::format("{}", pid), O_PATH | O_DIRECTORY);
    if (!process) return;
    const Folder list = open_folder(process.get(), "fd");
    if (!list) {
      if (errno == EACCES || errno == EPERM) ++owners_.unreadable;
      return;
    }
    std::optional<std::size_t> index;
    bool refused = false;
    while (const dirent* entry = ::readdir(list.get())) {
      ++descriptors_;
      errno = 0;
      const std::string target = link_text(::dirfd(list.get()), entry->d_name);
      // CAP_DAC_OVERRIDE opens the folder of any process; its links need CAP_SYS_PTRACE, too.
      refused = refused || (target.empty() && (errno == EACCES || errno == EPERM));
      const auto inode = socket_inode(target);
      if (!inode || !inodes_.contains(*inode) || owners_.of_inode.contains(*inode)) continue;
      if (!index) index = add(process.get(), pid);
      owners_.of_inode.emplace(*inode, *index);
    }
    if (refused) ++owners_.unreadable;
  }

  // With an owner for each socket, no process that could not be read matters.
  SocketOwners result(std::size_t processes) && {
    if (found_all())
      owners_.unreadable = 0;
    else
      owners_.not_looked_at = processes - std::min(looked_at_, processes);
    return std::move(owners_);
  }
  SocketOwners& owners() { return owners_; }

 private:
  std::size_t add(int process, int pid) {
    SocketProcess found{.pid = pid, .name = short_file(process, "comm"), .control_group = {}};
    // The name may itself end with a newline; the kernel adds one more.
    if (found.name.ends_with('\n')) found.name.pop_back();
    found.control_group = control_group(short_file(process, "cgroup"));
    if (const auto stat = parse_process_stat(short_file(process, "stat"), pid))
      found.identity = stat->identity;
    owners_.processes.push_back(std::move(found));
    return owners_.processes.size() - 1;
  }

  const std::unordered_set<std::uint64_t>& inodes_;
  OwnerLimits limits_;
  SocketOwners owners_;
  std::size_t looked_at_ = 0;
  std::size_t descriptors_ = 0;
};

std::vector<int> process_numbers(DIR* proc) {
  std::vector<int> all;
  while (const dirent* entry = ::readdir(proc)) {
    const auto number = whole_number<int>(std::string_view(entry->d_name), 1);
    if (number) all.push_back(*number);
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace

Result<SocketOwners> find_socket_owners(const std::string& proc,
                                        const std::unordered_set<std::uint64_t>& inodes,
                                        const OwnerLimits& limits) {
  const Folder folder = open_folder(AT_FDCWD, proc);
  const int error = errno;
  if (!folder) return fail(errno_error(error, fmt::format("list {}", proc)));
  const int fd = ::dirfd(folder.get());
  const auto processes = process_numbers(folder.get());
  Search search(inodes, limits);
  for (const int pid : processes) {
    if (search.ended()) break;
    search.look_at(fd, pid);
  }
  const UniqueFd own = open_fd_at(fd, "self/ns", O_PATH | O_DIRECTORY);
  search.owners().all_visible = own && link_text(own.get(), "pid") == kInitialPids;
  return std::move(search).result(processes.size());
}

}  // namespace tuner
