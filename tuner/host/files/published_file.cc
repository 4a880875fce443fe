#include "host/files/published_file.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/files/durable_file.h"
#include "host/files/small_files.h"
#include "host/files/trusted_path.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

bool is_of_kernel(std::string_view folder) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"/dev", "/proc", "/sys"}, [&](std::string_view top) {
        return folder == top || (folder.starts_with(top) && folder[top.size()] == '/');
      });
}

// Root may write in another user's folder: that user could write there as well. But the owner of a
// folder above it could replace it with another folder.
Outcome may_write_in(const WalkedPath& path) {
  const PathPart& folder = path.way.back();
  if (is_of_kernel(folder.path)) {
    return fail(
        Fault::Refused,
        fmt::format("{}/{}: files are not created in kernel file systems", folder.path, path.name),
        "name a file on a disk");
  }
  if (::geteuid() != 0) return {};
  for (const PathPart& above : path.way) {
    const bool by_owner = above.owner != 0 && above.owner != folder.owner;
    const bool by_others = &above != &folder && others_can_replace(above);
    if (!by_owner && !by_others) continue;
    return fail(Fault::Refused,
                fmt::format("root does not write {}/{}: {} is {}, so another user can replace the "
                            "folder",
                            folder.path, path.name, above.path,
                            by_owner ? fmt::format("owned by user {}", above.owner)
                                     : std::string("writable by others")),
                "name a folder whose parent folders all belong to root or to its owner");
  }
  return {};
}

// Writes to a device or FIFO. O_NONBLOCK: a FIFO without a reader is ENXIO instead of blocking.
Outcome write_into(const WalkedPath& path, std::string_view text) {
  const UniqueFd fd =
      open_fd_at(path.folder.get(), path.name, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  const int error = errno;
  const std::string shown = fmt::format("{}/{}", path.way.back().path, path.name);
  if (!fd) return fail(errno_error(error, fmt::format("open {}", shown)));
  return write_whole(fd.get(), text, shown);
}

}  // namespace

Result<std::string> folder_to_publish_in(const std::string& folder) {
  const auto walked = TRY(open_path("", folder + "/file"));
  TRY(may_write_in(walked));
  return walked.way.back().path;
}

Result<std::string> read_published(const std::string& path) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  const auto walked = TRY(open_path("", path));
  const UniqueFd fd =
      open_fd_at(walked.folder.get(), walked.name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  int error = errno;
  if (!fd) return fail(errno_error(error, fmt::format("open {}", path)));
  TRY(file_is_trusted(fd.get(), path, trusted_owners()));
  std::string text(kLargest + 1, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const auto got =
        retry_interrupted([&] { return ::read(fd.get(), text.data() + have, text.size() - have); });
    error = errno;
    if (got < 0) return fail(errno_error(error, fmt::format("read {}", path)));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  if (have > kLargest) return fail(Fault::TooLarge, fmt::format("read {}: more than 1 MiB", path));
  text.resize(have);
  return text;
}

Outcome publish(const std::string& path, std::string_view text) {
  const auto walked = open_path("", path);
  if (!walked && walked.error().errno_value == ENOENT) {
    const std::string_view folder = path.find('/') == std::string::npos ? "." : parent_of(path);
    return fail(Fault::NotFound, fmt::format("write {}: there is no folder {}", path, folder),
                "create it or name another one: its reader has to own it");
  }
  if (!walked) return fail(walked.error());
  struct stat about {};
  const bool there =
      ::fstatat(walked->folder.get(), walked->name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
  if (there && (S_ISCHR(about.st_mode) || S_ISFIFO(about.st_mode)))
    return write_into(*walked, text);
  TRY(may_write_in(*walked));
  // World-readable: node_exporter reads as its own user. No fsync: the next run writes it again.
  return replace_file(walked->folder.get(), walked->name, text, 0644, path, Lasts::Seen);
}

}  // namespace tuner
