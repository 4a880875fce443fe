#include "host/sockets/control_groups.h"

#include "base/handle.h"
#include "base/interrupted.h"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <string_view>

namespace tuner {
namespace {

constexpr int kDeepest = 32;
constexpr long kControlGroup2Magic = 0x63677270;  // CGROUP2_SUPER_MAGIC of linux/magic.h

class Walk {
 public:
  explicit Walk(std::size_t most) : most_(most) {}

  // False: the folder cannot be listed. A group may be removed while it is walked.
  bool visit(UniqueFd folder, const std::string& path, int depth) {
    const int fd = folder.get();
    const Handle<DIR, ::closedir> list(::fdopendir(fd));
    if (!list) return false;
    folder.release();  // now owned by the DIR
    while (const dirent* entry = ::readdir(list.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      // A group has sixty files; only its folders are groups.
      if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) continue;
      add(fd, std::string(name), path, depth);
    }
    return true;
  }

  ControlGroups found() && { return std::move(groups_); }

 private:
  void add(int parent, const std::string& name, const std::string& path, int depth) {
    UniqueFd folder = open_fd_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    struct stat about {};
    if (!folder || ::fstat(folder.get(), &about) != 0) {
      if (errno != ENOENT && errno != ENOTDIR) groups_.complete = false;
      return;
    }
    if (groups_.paths.size() >= most_ || depth == kDeepest) {
      groups_.complete = false;
      return;
    }
    const std::string inside = fmt::format("{}/{}", path, name);
    // The inode of its folder is the ID of a group that socket diagnostics report
    // (INET_DIAG_CGROUP_ID).
    groups_.paths.emplace(about.st_ino, inside);
    if (!visit(std::move(folder), inside, depth + 1)) groups_.complete = false;
  }

  std::size_t most_;
  ControlGroups groups_;
};

}  // namespace

Result<std::string> unified_control_groups() {
  // The second is that of systemd's hybrid hierarchy.
  for (const char* folder : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
    struct statfs about {};
    if (::statfs(folder, &about) == 0 && about.f_type == kControlGroup2Magic) return folder;
  }
  return fail(Fault::NotFound, "no cgroup v2 is mounted below /sys/fs/cgroup");
}

Result<ControlGroups> read_control_groups(const std::string& root, std::size_t most) {
  UniqueFd folder = open_fd(root, O_RDONLY | O_DIRECTORY);
  const int error = errno;
  if (!folder) return fail(errno_error(error, fmt::format("open {}", root)));
  Walk walk(most);
  if (!walk.visit(std::move(folder), "", 0)) return fail(Fault::Io, fmt::format("list {}", root));
  return std::move(walk).found();
}

}  // namespace tuner
