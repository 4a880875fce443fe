#include "host/files/file_tree.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "base/text.h"
#include "host/files/durable_file.h"
#include "host/files/file_bytes.h"
#include "host/files/recorded_paths.h"
#include "host/files/trusted_path.h"

#include <climits>
#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

namespace tuner {
namespace {

// For each read of a sysctl the kernel allocates and clears a buffer of the size of the read plus
// one byte (proc_sys_call_handler() in fs/proc/proc_sysctl.c), so the first read asks for less than
// a page. For each read of a table in /proc/net it walks the table from the start, so long files
// are read in large blocks.
constexpr std::size_t kSmallRead = 4095;
constexpr std::size_t kLargeRead = std::size_t{64} * 1024;
// Limit for files in /proc and /sys, whose st_size does not tell their length. /proc/interrupts
// with 512 CPUs has 5 MiB.
constexpr off_t kLargestOfKernel = off_t{32} << 20;
// Limit for other files. modules.dep has half a MiB, a kernel configuration a third of one.
constexpr off_t kLargest = off_t{8} << 20;
// Limit for the entries of a folder. /proc has one per process, /sys/class/net one per NIC.
constexpr std::size_t kMostEntries = std::size_t{1} << 20U;

// openat2(2) fails with EAGAIN if a concurrent rename makes ".." ambiguous; the call is retried.
constexpr int kOpenTries = 16;

bool is_of_kernel(std::string_view path) {
  return path.starts_with("/proc/") || path.starts_with("/sys/");
}

off_t largest(std::string_view path) {
  return is_of_kernel(path) ? kLargestOfKernel : kLargest;
}

Error too_large(std::string_view path) {
  return {.fault = Fault::TooLarge,
          .errno_value = EFBIG,
          .text = fmt::format("read {}: more than {} MiB", path, largest(path) >> 20),
          .hint = "no file that ktls-tuner needs is that large; check what it contains"};
}

// Appends blocks of `block` bytes to `text`. Ends with `false` when the file ends, and with `true`
// as soon as the text has `until` bytes.
Result<bool> read_blocks(int fd, std::string_view path, std::span<char> block, std::size_t until,
                         std::string& text) {
  while (text.size() < until) {
    const auto got = retry_interrupted([&] { return ::read(fd, block.data(), block.size()); });
    const int error = errno;
    if (got < 0) return fail(errno_error(error, fmt::format("read {}", path)));
    if (got == 0) return false;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > static_cast<std::size_t>(largest(path))) return fail(too_large(path));
  }
  return true;
}

// Not inlined: -fstack-clash-protection touches each page of a frame, and the small files that are
// read by the thousand must not pay for 17 pages.
[[gnu::noinline]] Outcome read_rest(int fd, std::string_view path, std::string& text) {
  std::array<char, kLargeRead> block;  // uninitialized: clearing would cost more than the read
  TRY(read_blocks(fd, path, block, std::string::npos, text));
  return {};
}

Result<std::string> read_all(int fd, std::string_view path) {
  std::string text;
  std::array<char, kSmallRead> block;
  if (TRY(read_blocks(fd, path, block, kSmallRead / 2, text))) TRY(read_rest(fd, path, text));
  return text;
}

Outcome check_regular(int fd, std::string_view path) {
  const struct stat about = TRY(stat_of_regular(fd, path));
  if (about.st_size > largest(path)) return fail(too_large(path));
  return {};
}

Result<std::vector<std::string>> list_all(UniqueFd fd, std::string_view path) {
  const Handle<DIR, ::closedir> folder(::fdopendir(fd.get()));
  int error = errno;
  if (!folder) return fail(errno_error(error, fmt::format("list {}", path)));
  fd.release();  // now owned by the DIR
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    if (names.size() > kMostEntries) {
      return fail(Fault::TooLarge, fmt::format("list {}: more than {} entries", path, kMostEntries),
                  "no folder that ktls-tuner needs has that many; check what it contains");
    }
    errno = 0;
  }
  error = errno;
  if (error != 0) return fail(errno_error(error, fmt::format("list {}", path)));
  // The order of readdir(3) is not defined. Plans and documents of the same machine must be the
  // same.
  std::ranges::sort(names);
  return names;
}

// The real path of an open descriptor, with one readlink(2); realpath(3) needs one per component.
Result<std::string> path_of(int fd, std::string_view path) {
  std::array<char, PATH_MAX> target{};
  const auto length =
      ::readlink(fmt::format("/proc/self/fd/{}", fd).c_str(), target.data(), target.size());
  const int error = errno;
  if (length < 0) return fail(errno_error(error, fmt::format("resolve {}", path)));
  return std::string(target.data(), static_cast<std::size_t>(length));
}

Outcome check_path(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos)
    return fail(Fault::Invalid, fmt::format("'{}' is not an absolute path", path));
  return {};
}

// A path to write may contain a name from a profile; ".." in it would leave the family's folder.
Outcome check_written(std::string_view path, std::string_view doing) {
  TRY(check_path(path));
  if (std::ranges::count(split(path, '/'), "..") > 0)
    return fail(Fault::Invalid,
                fmt::format("{} {}: '..' is not allowed in this path", doing, path));
  return {};
}

// procfs and sysfs parse each write(2) by itself. The rest of a short write would be taken for
// another value, so it is never sent.
Outcome write_at_once(int fd, std::string_view text, std::string_view path) {
  const std::string doing = fmt::format("write '{}' to {}", trim(text), path);
  const auto written = retry_interrupted([&] { return ::write(fd, text.data(), text.size()); });
  const int error = errno;
  if (written < 0) return fail(errno_error(error, doing));
  if (static_cast<std::size_t>(written) != text.size())
    return fail(Fault::Io,
                fmt::format("{}: the kernel accepted {} of {} bytes", doing, written, text.size()));
  return {};
}

// The common part of both trees. They differ in how they open a path.
class OpenedTree : public FileTree {
 public:
  Result<std::string> read(std::string_view path) const final {
    const auto fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fd) return fail(without_absence_for_enxio(fd.error(), path));
    if (may_be_special(path)) {
      TRY(check_regular(fd->get(), path));
    }
    return read_all(fd->get(), path);
  }

  Result<FileBytes> bytes(std::string_view path) const final {
    // The path may come from another program. To open a device can act on it: a watchdog starts, a
    // tape is rewound. O_PATH opens nothing.
    return bytes_of(TRY(open(path, O_PATH)), path);
  }

  Result<std::vector<std::string>> list(std::string_view path) const final {
    auto fd = open(path, O_RDONLY | O_DIRECTORY);
    if (!fd) return fail(std::move(fd).error());
    return list_all(std::move(*fd), path);
  }

  Result<std::string> identity(std::string_view path) const final {
    const auto fd = TRY(open(path, O_PATH));
    struct stat about {};
    const int answer = ::fstat(fd.get(), &about);
    const int error = errno;
    if (answer != 0) return fail(errno_error(error, fmt::format("stat {}", path)));
    return identity_of(about);
  }

  Result<bool> is_there(std::string_view path) const final {
    const auto fd = open(path, O_PATH);
    if (fd) return true;
    if (is_absent(fd.error())) return false;
    return fail(fd.error());
  }

 protected:
  virtual Result<UniqueFd> open(std::string_view path, int flags) const = 0;
  // Whether the path may be a FIFO or device. procfs and sysfs have none, and skipping the fstat(2)
  // there matters: `check` mostly opens and reads such files.
  virtual bool may_be_special(std::string_view /*path*/) const { return true; }

 private:
  // Opening a socket, or a device without a driver, fails with ENXIO. For other calls that errno
  // means absence (is_absent()).
  static Error without_absence_for_enxio(Error error, std::string_view path) {
    if (error.errno_value != ENXIO) return error;
    error.fault = Fault::Invalid;
    error.text = fmt::format("read {}: not a regular file but a socket or a device", path);
    return error;
  }
};

class LocalTree : public OpenedTree {
 public:
  Result<std::string> resolve(std::string_view path) const override {
    const auto fd = TRY(open(path, O_PATH));
    return path_of(fd.get(), path);
  }

  Result<bool> gives_rights(std::string_view path) const override {
    const auto fd = TRY(open(path, O_PATH));
    struct stat about {};
    if (::fstat(fd.get(), &about) != 0)
      return fail(errno_error(errno, fmt::format("look at {}", path)));
    if ((about.st_mode & (S_ISUID | S_ISGID)) != 0) return true;
    // fgetxattr(2) refuses a descriptor of O_PATH.
    const std::string file = fmt::format("/proc/self/fd/{}", fd.get());
    if (::getxattr(file.c_str(), "security.capability", nullptr, 0) >= 0) return true;
    // ENOTSUP: a file system that can hold none.
    if (errno == ENODATA || errno == ENOTSUP) return false;
    return fail(errno_error(errno, fmt::format("read the capabilities of {}", path)));
  }

  Outcome write(std::string_view path, std::string_view text) override {
    TRY(check_written(path, "write"));
    // Neither O_CREAT nor O_TRUNC: a missing kernel file is an error, and no file appears in its
    // place.
    const auto fd = TRY(open(path, O_WRONLY));
    return write_at_once(fd.get(), text, path);
  }

  Outcome create(std::string_view path, std::string_view text) override {
    TRY(check_written(path, "create"));
    const auto walked = TRY(open_path("", path, true));
    TRY(path_is_trusted(walked, trusted_owners()));
    return replace_file(walked.folder.get(), walked.name, text, 0644, path);
  }

  Outcome remove(std::string_view path) override {
    TRY(check_written(path, "remove"));
    const std::string name(path);
    if (::unlink(name.c_str()) != 0 && errno != ENOENT) {
      const int error = errno;
      return fail(errno_error(error, fmt::format("remove {}", path)));
    }
    // A drop-in's folder in /run was made for this file. Folders in /etc are left.
    if (name.starts_with("/run/"))
      ::rmdir(name.substr(0, name.rfind('/')).c_str());  // fails if not empty or missing: ignored
    return {};
  }

 protected:
  bool may_be_special(std::string_view path) const override { return !is_of_kernel(path); }
  Result<UniqueFd> open(std::string_view path, int flags) const override {
    TRY(check_path(path));
    const std::string name(path);
    UniqueFd fd = open_fd(name, flags);
    const int error = errno;
    if (!fd) return fail(errno_error(error, fmt::format("open {}", path)));
    return fd;
  }
};

class RecordedTree : public OpenedTree {
 public:
  RecordedTree(UniqueFd root, std::string root_path)
      : root_(std::move(root)), root_path_(std::move(root_path)) {}

  // Reads which paths the recording covers. A recording without a list is an old one; with a list
  // that cannot be read, no missing file proves anything.
  Outcome read_covered() {
    const auto list = open_below(kRecordedPathsFile, O_RDONLY);
    if (!list && is_absent(list.error())) return {};
    if (!list) return fail(list.error());
    const auto text = TRY(read_all(list->get(), kRecordedPathsFile));
    covered_ = RecordedPaths::parse(text);
    return {};
  }

  Result<std::string> resolve(std::string_view path) const override {
    const auto fd = TRY(open(path, O_PATH));
    auto whole = path_of(fd.get(), path);
    if (!whole) return whole;
    std::string inside = whole->substr(std::min(root_path_.size(), whole->size()));
    return inside.empty() ? "/" : inside;
  }

  Outcome write(std::string_view path, std::string_view /*text*/) override {
    return refuse("write", path);
  }
  Outcome create(std::string_view path, std::string_view /*text*/) override {
    return refuse("create", path);
  }
  Outcome remove(std::string_view path) override { return refuse("remove", path); }

 protected:
  Result<UniqueFd> open(std::string_view path, int flags) const override {
    TRY(check_path(path));
    auto fd = open_below(path, flags);
    if (fd || fd.error().fault != Fault::NotFound || covered_.covers(path)) return fd;
    return fail(
        Fault::NotRecorded, fmt::format("{} was not recorded", path),
        "record the machine again with scripts/capture-host, or run this on the machine itself");
  }

 private:
  Result<UniqueFd> open_below(std::string_view path, int flags) const {
    const std::string name(path);
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    // Links of a recording may be absolute or climb with "..". Followed as usual, they lead to
    // files of this machine, whose values would be reported as the recorded ones.
    how.resolve = RESOLVE_IN_ROOT;
    long fd = -1;
    int error = EAGAIN;
    for (int i = 0; fd < 0 && i < kOpenTries && (error == EAGAIN || error == EINTR); ++i) {
      fd = ::syscall(SYS_openat2, root_.get(), name.c_str(), &how, sizeof(how));
      error = errno;
    }
    if (fd < 0) return fail(errno_error(error, fmt::format("open {}{}", root_path_, path)));
    return UniqueFd(static_cast<int>(fd));
  }

  static Outcome refuse(std::string_view desired, std::string_view path) {
    return fail(Fault::Refused,
                fmt::format("{} {}: a recorded machine is read-only", desired, path),
                "omit --root to change this machine");
  }

  UniqueFd root_;
  std::string root_path_;  // canonical, without a trailing slash; "" for "/"
  RecordedPaths covered_ = RecordedPaths::without_list();
};

bool lacks_openat2(const Error& error) {
  return error.errno_value == ENOSYS;
}

}  // namespace

std::unique_ptr<FileTree> local_file_tree() {
  return std::make_unique<LocalTree>();
}

Result<std::unique_ptr<FileTree>> recorded_file_tree(const std::string& root) {
  UniqueFd fd = open_fd(root, O_PATH | O_DIRECTORY);
  const int error = errno;
  if (!fd) return fail(errno_error(error, fmt::format("open {}", root)));
  auto canonical = TRY(path_of(fd.get(), root));
  if (canonical == "/") canonical.clear();
  auto tree = std::make_unique<RecordedTree>(std::move(fd), std::move(canonical));
  const auto probe = tree->resolve("/");
  if (!probe && lacks_openat2(probe.error()))
    return fail(Fault::Unsupported,
                fmt::format("open {}: this kernel has no openat2(2), which is needed to confine "
                            "symbolic links to the recording",
                            root),
                "read the recording on Linux 5.6 or later");
  if (!probe) return fail(probe.error());
  TRY(tree->read_covered());
  return tree;
}

}  // namespace tuner
