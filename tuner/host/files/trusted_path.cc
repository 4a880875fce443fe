#include "host/files/trusted_path.h"

#include "base/interrupted.h"
#include "base/number.h"
#include "base/text.h"

#include <climits>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <deque>

namespace tuner {
namespace {

// As the kernel: MAXSYMLINKS in include/linux/namei.h.
constexpr int kMostLinks = 40;

struct stat look(int fd) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) {
    // No kind of file, and of no user: 0 would be root. (uid_t)-1 is given to none (chown(2)).
    about.st_mode = 0;
    about.st_uid = static_cast<uid_t>(-1);
  }
  return about;
}

// Opens a path one name at a time.
//
// Each folder is opened relative to the one before, with O_NOFOLLOW, and checked by its descriptor.
// A path that is checked first and opened later can be changed in between. O_PATH needs no
// permission to read the folders.
class Walk {
 public:
  Walk(std::string root, bool make_folders) : root_(std::move(root)), make_folders_(make_folders) {}

  Result<WalkedPath> go(std::string_view path, bool follow_last) {
    TRY(to_root());
    push(path);
    while (!left_.empty()) {
      const std::string name = left_.front();
      left_.pop_front();
      // "folder/" and "folder/.." end in a folder, so no name is left for a file.
      const bool last = left_.empty() && name != ".." && !path.ends_with('/');
      TRY(last ? take_last(name, follow_last) : enter(name));
      if (!walked_.name.empty()) return std::move(walked_);
    }
    return fail(Fault::Invalid, fmt::format("'{}' does not name a file", path));
  }

 private:
  void push(std::string_view path) {
    std::vector<std::string> parts;
    for (const std::string_view part : split(path, '/')) {
      if (!part.empty() && part != ".") parts.emplace_back(part);
    }
    // A link's target comes before the rest of the path that led to it.
    left_.insert(left_.begin(), parts.begin(), parts.end());
  }

  Outcome to_root() {
    const std::string top = root_.empty() ? "/" : root_;
    UniqueFd fd = open_fd(top, O_PATH | O_DIRECTORY);
    const int error = errno;
    if (!fd) return fail(errno_error(error, fmt::format("open {}", top)));
    at_.clear();
    return set_folder(std::move(fd));
  }

  Outcome set_folder(UniqueFd folder) {
    note(look(folder.get()), root_ + at_);
    walked_.folder = std::move(folder);
    return {};
  }

  void note(const struct stat& about, std::string path) {
    walked_.way.push_back({.path = path.empty() ? "/" : std::move(path),
                           .owner = about.st_uid,
                           .group = about.st_gid,
                           .mode = about.st_mode});
  }

  Result<UniqueFd> open_here(const std::string& name) {
    UniqueFd fd = open_fd_at(walked_.folder.get(), name, O_PATH | O_NOFOLLOW);
    const int error = errno;
    if (!fd) return fail(errno_error(error, fmt::format("open {}{}/{}", root_, at_, name)));
    return fd;
  }

  Outcome make(const std::string& name) {
    const std::string doing = fmt::format("create {}{}/{}", root_, at_, name);
    const int answer = ::mkdirat(walked_.folder.get(), name.c_str(), 0755);
    int error = errno;
    if (answer != 0 && error != EEXIST) return fail(errno_error(error, doing));
    // EEXIST: another run made it meanwhile, and its mode is its own.
    if (answer != 0) return {};
    // mkdirat(2) applied the umask.
    if (::fchmodat(walked_.folder.get(), name.c_str(), 0755, 0) != 0) {
      error = errno;
      return fail(errno_error(error, doing));
    }
    const UniqueFd parent = open_fd_at(walked_.folder.get(), ".", O_RDONLY | O_DIRECTORY);
    if (!parent || ::fsync(parent.get()) != 0) {
      error = errno;
      return fail(errno_error(error, fmt::format("fsync {}{}", root_, at_)));
    }
    return {};
  }

  Outcome enter(const std::string& name) {
    if (name == "..") return go_up();
    auto next = open_here(name);
    if (!next && next.error().errno_value == ENOENT && make_folders_) {
      TRY(make(name));
      next = open_here(name);
    }
    if (!next) return fail(next.error());
    const struct stat about = look(next->get());
    if (S_ISLNK(about.st_mode)) return follow(next->get(), about, name);
    if (!S_ISDIR(about.st_mode))
      return fail(errno_error(ENOTDIR, fmt::format("open {}{}/{}", root_, at_, name)));
    at_ += "/" + name;
    return set_folder(std::move(*next));
  }

  // The folder of the link is already in `way`; add the link and its owner as well. A user who can
  // change neither cannot redirect the path.
  Outcome follow(int link, const struct stat& about, const std::string& name) {
    const std::string path = fmt::format("{}{}/{}", root_, at_, name);
    if (++links_ > kMostLinks) return fail(errno_error(ELOOP, fmt::format("open {}", path)));
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(link, "", target.data(), target.size());
    const int error = errno;
    if (length <= 0) return fail(errno_error(error, fmt::format("read the link {}", path)));
    struct stat as_link = about;
    as_link.st_mode &= ~07777U;  // every link has mode 0777; the kernel ignores it
    note(as_link, path);
    const std::string_view text(target.data(), static_cast<std::size_t>(length));
    push(text);
    return text.starts_with('/') ? to_root() : Outcome{};
  }

  // Opens the last name only to follow it if it is a link.
  Outcome take_last(const std::string& name, bool follow_last) {
    if (follow_last) {
      const auto here = TRY(open_here(name));
      const struct stat about = look(here.get());
      if (S_ISLNK(about.st_mode)) return follow(here.get(), about, name);
    }
    walked_.name = name;
    return {};
  }

  Outcome go_up() {
    if (at_.empty()) return {};
    at_ = at_.substr(0, at_.rfind('/'));
    UniqueFd up = open_fd_at(walked_.folder.get(), "..", O_PATH | O_DIRECTORY);
    const int error = errno;
    if (!up) return fail(errno_error(error, fmt::format("open {}{}", root_, at_)));
    return set_folder(std::move(up));
  }

  std::string root_;
  bool make_folders_;
  std::string at_;  // below the root
  std::deque<std::string> left_;
  int links_ = 0;
  WalkedPath walked_;
};

bool is_among(std::span<const uid_t> owners, uid_t owner) {
  return std::ranges::count(owners, owner) > 0;
}

std::string who(std::span<const uid_t> owners) {
  return owners.size() == 1 ? "root" : "root or the calling user";
}

Error not_trusted(std::string_view path, std::string why, std::string mend) {
  return {.fault = Fault::Refused,
          .text = fmt::format("{} is not trusted: {}", path, why),
          .hint = std::move(mend)};
}

// Group write permission for the group root is accepted: its only member is root.
bool others_may_write(mode_t mode, gid_t group) {
  return (mode & S_IWOTH) != 0 || ((mode & S_IWGRP) != 0 && group != 0);
}

}  // namespace

namespace {

Result<std::string> from_here(std::string_view path) {
  std::string whole(path);
  if (!path.starts_with('/')) {
    std::array<char, PATH_MAX> here{};
    const bool known = ::getcwd(here.data(), here.size()) != nullptr;
    const int error = errno;
    if (!known) return fail(errno_error(error, "get the working directory"));
    whole = fmt::format("{}/{}", here.data(), path);
  }
  if (whole.find('\0') != std::string::npos)
    return fail(Fault::Invalid, fmt::format("'{}' contains a NUL byte", path));
  return whole;
}

}  // namespace

Result<WalkedPath> open_path(std::string_view root, std::string_view path, bool make_folders) {
  const auto whole = TRY(from_here(path));
  return Walk(std::string(root == "/" ? "" : root), make_folders).go(whole, false);
}

std::vector<uid_t> trusted_owners() {
  const uid_t self = ::geteuid();
  return self == 0 ? std::vector<uid_t>{0} : std::vector<uid_t>{0, self};
}

bool others_can_replace(const PathPart& folder) {
  return others_may_write(folder.mode, folder.group) && (folder.mode & S_ISVTX) == 0;
}

Outcome path_is_trusted(const WalkedPath& path, std::span<const uid_t> owners) {
  for (const PathPart& folder : path.way) {
    if (!is_among(owners, folder.owner)) {
      return fail(not_trusted(
          folder.path, fmt::format("it belongs to user {}, not to {}", folder.owner, who(owners)),
          fmt::format("chown root {}, if you know what is in it", folder.path)));
    }
    if (others_can_replace(folder)) {
      return fail(
          not_trusted(folder.path,
                      fmt::format("users other than its owner can write in it (mode {:04o})",
                                  folder.mode & 07777U),
                      fmt::format("chmod go-w {}, if you know what is in it", folder.path)));
    }
  }
  return {};
}

Outcome file_is_regular(int fd, std::string_view path) {
  struct stat about {};
  const int answer = ::fstat(fd, &about);
  const int error = errno;
  if (answer != 0) return fail(errno_error(error, fmt::format("stat {}", path)));
  if (S_ISREG(about.st_mode)) return {};
  return fail(Fault::Refused, fmt::format("{} is not a regular file", path), "remove it");
}

namespace {

std::vector<uid_t> trusted_owners_of_input() {
  std::vector<uid_t> owners = trusted_owners();
  // sudo(8) sets SUDO_UID. A user who can set it for a root process already has root's rights.
  const char* caller = ::geteuid() == 0 ? std::getenv("SUDO_UID") : nullptr;
  const auto uid = caller == nullptr ? std::nullopt : std::optional(whole_number<uid_t>(caller));
  if (uid && *uid) owners.push_back(**uid);
  return owners;
}

Outcome check_owner_and_mode(int fd, std::string_view path, std::span<const uid_t> owners) {
  TRY(file_is_regular(fd, path));
  const struct stat about = look(fd);
  if (!is_among(owners, about.st_uid)) {
    return fail(not_trusted(
        path, fmt::format("it belongs to user {}, not to {}", about.st_uid, who(owners)),
        fmt::format("chown root {}, if you know what is in it", path)));
  }
  if (!others_may_write(about.st_mode, about.st_gid)) return {};
  return fail(not_trusted(
      path,
      fmt::format("users other than its owner can write it (mode {:04o})", about.st_mode & 07777U),
      fmt::format("chmod go-w {}, if you know what is in it", path)));
}

}  // namespace

Outcome file_is_trusted(int fd, std::string_view path, std::span<const uid_t> owners) {
  TRY(check_owner_and_mode(fd, path, owners));
  const struct stat about = look(fd);
  if (about.st_nlink <= 1) return {};
  return fail(not_trusted(path, fmt::format("it has {} hard links", about.st_nlink),
                          "replace it with a copy that has a single link"));
}

Result<WalkedPath> open_trusted_path(std::string_view path) {
  const auto whole = TRY(from_here(path));
  auto walked = Walk("", false).go(whole, true);
  if (!walked) return walked;
  TRY(path_is_trusted(*walked, trusted_owners_of_input()));
  return walked;
}

Outcome input_is_trusted(std::string_view path) {
  const auto walked = TRY(open_trusted_path(path));
  const UniqueFd file = open_fd_at(walked.folder.get(), walked.name, O_PATH | O_NOFOLLOW);
  const int error = errno;
  if (!file) return fail(errno_error(error, fmt::format("open {}", path)));
  return check_owner_and_mode(file.get(), path, trusted_owners_of_input());
}

Outcome absence_is_trusted(std::string_view path) {
  const auto whole = TRY(from_here(path));
  for (std::string_view part = whole; part.size() > 1; part = part.substr(0, part.rfind('/'))) {
    const auto walked = Walk("", false).go(part, false);
    if (!walked && is_absent(walked.error())) continue;  // then the folder above it decides
    if (!walked) return fail(walked.error());
    TRY(path_is_trusted(*walked, trusted_owners_of_input()));
    // A sticky folder protects files that are there, and none that is not.
    const PathPart& folder = walked->way.back();
    if (others_may_write(folder.mode, folder.group))
      return fail(not_trusted(folder.path, fmt::format("other users can create {}", path), {}));
    struct stat about {};
    if (::fstatat(walked->folder.get(), walked->name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISLNK(about.st_mode))
      return fail(not_trusted(part, "it is a link that leads to nothing", "remove it"));
    return {};
  }
  return {};
}

}  // namespace tuner
