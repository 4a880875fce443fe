#include "host/files/file_tree.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "base/text.h"
#include "host/files/durable_file.h"
#include "host/files/looked_at.h"
#include "host/files/trusted_path.h"

#include <climits>
#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tuner {
namespace {

// A sysctl allocates and clears a buffer of the size it is asked for (proc_sys_call_handler() in
// fs/proc/proc_sysctl.c, one byte more than asked), so a small file is asked for a page. Tables in
// /proc/net start again from the top with every read, so a long file is asked for much at once.
constexpr std::size_t kSmallRead = 4095;
constexpr std::size_t kLargeRead = std::size_t{64} * 1024;
// Of the kernel's own: /proc/interrupts of 512 CPUs has 5 MiB. They have no size to tell
// beforehand.
constexpr off_t kLargestOfKernel = off_t{32} << 20;
// Of any other file: a list of modules has half a MiB, a kernel's configuration a third of one.
constexpr off_t kLargest = off_t{8} << 20;
// Of any folder: /proc has one for each process, /sys/class/net one for each NIC.
constexpr std::size_t kMostEntries = std::size_t{1} << 20U;

// openat2(2) answers EAGAIN when a rename elsewhere makes ".." ambiguous and asks for a retry.
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
          .hint = "no file that this program reads is so large; look what it is"};
}

Result<std::string> read_all(int fd, std::string_view path) {
  std::string text;
  std::array<char, kLargeRead> block;  // not cleared: that would cost more than the read
  while (true) {
    const std::size_t wanted = text.size() < kSmallRead / 2 ? kSmallRead : kLargeRead;
    const auto got = retry_interrupted([&] { return ::read(fd, block.data(), wanted); });
    const int error = errno;
    if (got < 0) return fail(errno_error(error, fmt::format("read {}", path)));
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > static_cast<std::size_t>(largest(path))) return fail(too_large(path));
  }
}

std::string_view kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// Anybody's FIFO in a folder of settings would be waited for, and a device may have no end.
Outcome check_regular(int fd, std::string_view path) {
  struct stat about {};
  const int answer = ::fstat(fd, &about);
  const int error = errno;
  if (answer != 0) return fail(errno_error(error, fmt::format("look at {}", path)));
  if (S_ISDIR(about.st_mode)) return fail(errno_error(EISDIR, fmt::format("read {}", path)));
  if (S_ISREG(about.st_mode) && about.st_size > largest(path)) return fail(too_large(path));
  if (S_ISREG(about.st_mode)) return {};
  return fail(Fault::Invalid,
              fmt::format("read {}: not a regular file but {}", path, kind_of(about.st_mode)));
}

Result<std::vector<std::string>> list_all(UniqueFd fd, std::string_view path) {
  const Handle<DIR, ::closedir> folder(::fdopendir(fd.get()));
  int error = errno;
  if (!folder) return fail(errno_error(error, fmt::format("list {}", path)));
  fd.release();  // the DIR has it now
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    if (names.size() > kMostEntries) {
      return fail(Fault::TooLarge, fmt::format("list {}: more than {} entries", path, kMostEntries),
                  "no folder that this program reads has so many; look what is in it");
    }
    errno = 0;
  }
  error = errno;
  if (error != 0) return fail(errno_error(error, fmt::format("list {}", path)));
  std::ranges::sort(names);
  return names;
}

// Where an open descriptor really is; one readlink(2) instead of realpath(3)'s one for each part.
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

// No name that comes from a profile may climb out of the folder its family put before it.
Outcome check_written(std::string_view path, std::string_view doing) {
  if (auto checked = check_path(path); !checked) return checked;
  if (std::ranges::count(split(path, '/'), "..") > 0)
    return fail(Fault::Invalid, fmt::format("{} {}: '..' in a path to be written", doing, path));
  return {};
}

Outcome write_at_once(int fd, std::string_view text, std::string_view path) {
  const std::string doing = fmt::format("write '{}' to {}", trim(text), path);
  const auto written = retry_interrupted([&] { return ::write(fd, text.data(), text.size()); });
  const int error = errno;
  if (written < 0) return fail(errno_error(error, doing));
  if (static_cast<std::size_t>(written) != text.size())
    return fail(Fault::Io,
                fmt::format("{}: the kernel took {} of {} bytes", doing, written, text.size()));
  return {};
}

// What both trees share: everything but how a path is opened.
class OpenedTree : public FileTree {
 public:
  Result<std::string> read(std::string_view path) const final {
    const auto fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fd) return fail(not_absent_if_socket(fd.error(), path));
    if (can_hold_anything(path)) {
      if (auto regular = check_regular(fd->get(), path); !regular) return fail(regular.error());
    }
    return read_all(fd->get(), path);
  }

  Result<std::vector<std::string>> list(std::string_view path) const final {
    auto fd = open(path, O_RDONLY | O_DIRECTORY);
    if (!fd) return fail(std::move(fd).error());
    return list_all(std::move(*fd), path);
  }

  Result<std::string> identity(std::string_view path) const final {
    const auto fd = open(path, O_PATH);
    if (!fd) return fail(fd.error());
    struct stat about {};
    const int answer = ::fstat(fd->get(), &about);
    const int error = errno;
    if (answer != 0) return fail(errno_error(error, fmt::format("look at {}", path)));
    return fmt::format("{}:{}", about.st_dev, about.st_ino);
  }

  Result<bool> is_there(std::string_view path) const final {
    const auto fd = open(path, O_PATH);
    if (fd) return true;
    if (is_absent(fd.error())) return false;
    return fail(fd.error());
  }

 protected:
  virtual Result<UniqueFd> open(std::string_view path, int flags) const = 0;
  // A folder where FIFOs and devices may lie, too. The kernel's own file systems hold none, and a
  // check is little else than opening and reading their files.
  virtual bool can_hold_anything(std::string_view /*path*/) const { return true; }

 private:
  // To open a socket, or a device without a driver, is ENXIO, which elsewhere means absent.
  static Error not_absent_if_socket(Error error, std::string_view path) {
    if (error.errno_value != ENXIO) return error;
    error.fault = Fault::Invalid;
    error.text = fmt::format("read {}: not a regular file but a socket or a device", path);
    return error;
  }
};

class LocalTree : public OpenedTree {
 public:
  Result<std::string> resolve(std::string_view path) const override {
    const auto fd = open(path, O_PATH);
    if (!fd) return fail(fd.error());
    return path_of(fd->get(), path);
  }

  Outcome write(std::string_view path, std::string_view text) override {
    if (auto checked = check_written(path, "write"); !checked) return checked;
    const auto fd = open(path, O_WRONLY);
    if (!fd) return fail(fd.error());
    return write_at_once(fd->get(), text, path);
  }

  Outcome create(std::string_view path, std::string_view text) override {
    if (auto checked = check_written(path, "create"); !checked) return checked;
    const auto walked = walk_to("", path, true);
    if (!walked) return fail(walked.error());
    if (auto way = way_is_trusted(*walked, trusted_owners()); !way) return way;
    return replace_file(walked->folder.get(), walked->name, text, 0644, path);
  }

  Outcome remove(std::string_view path) override {
    if (auto checked = check_written(path, "remove"); !checked) return checked;
    const std::string name(path);
    if (::unlink(name.c_str()) != 0 && errno != ENOENT) {
      const int error = errno;
      return fail(errno_error(error, fmt::format("remove {}", path)));
    }
    if (name.starts_with("/run/"))
      ::rmdir(name.substr(0, name.rfind('/')).c_str());  // it may hold others' files, or be gone
    return {};
  }

 protected:
  bool can_hold_anything(std::string_view path) const override { return !is_of_kernel(path); }
  Result<UniqueFd> open(std::string_view path, int flags) const override {
    if (auto checked = check_path(path); !checked) return fail(checked.error());
    const std::string name(path);
    UniqueFd fd(retry_interrupted([&] { return ::open(name.c_str(), flags | O_CLOEXEC); }));
    const int error = errno;
    if (!fd) return fail(errno_error(error, fmt::format("open {}", path)));
    return fd;
  }
};

class RecordedTree : public OpenedTree {
 public:
  RecordedTree(UniqueFd root, std::string root_path)
      : root_(std::move(root)), root_path_(std::move(root_path)) {
    const auto list = open_below(kLookedAtPath, O_RDONLY);
    const auto text = list ? read_all(list->get(), kLookedAtPath) : Result<std::string>("");
    looked_at_ = list && text ? LookedAt::parse(*text) : LookedAt::without_list();
  }

  Result<std::string> resolve(std::string_view path) const override {
    const auto fd = open(path, O_PATH);
    if (!fd) return fail(fd.error());
    auto whole = path_of(fd->get(), path);
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
    if (auto checked = check_path(path); !checked) return fail(checked.error());
    auto fd = open_below(path, flags);
    if (fd || fd.error().fault != Fault::NotFound || looked_at_.covers(path)) return fd;
    return fail(
        Fault::NotRecorded, fmt::format("{} was not recorded", path),
        "record the machine again with scripts/capture-host, or look on the machine itself");
  }

 private:
  Result<UniqueFd> open_below(std::string_view path, int flags) const {
    const std::string name(path);
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
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
                "leave --root away to change the machine itself");
  }

  UniqueFd root_;
  std::string root_path_;  // without links and without a slash at the end; "" for "/"
  LookedAt looked_at_;
};

bool lacks_openat2(const Error& error) {
  return error.errno_value == ENOSYS;
}

}  // namespace

std::unique_ptr<FileTree> local_file_tree() {
  return std::make_unique<LocalTree>();
}

Result<std::unique_ptr<FileTree>> recorded_file_tree(const std::string& root) {
  UniqueFd fd(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const int error = errno;
  if (!fd) return fail(errno_error(error, fmt::format("open {}", root)));
  auto canonical = path_of(fd.get(), root);
  if (!canonical) return fail(canonical.error());
  if (*canonical == "/") canonical->clear();
  auto tree = std::make_unique<RecordedTree>(std::move(fd), std::move(*canonical));
  const auto probe = tree->resolve("/");
  if (!probe && lacks_openat2(probe.error()))
    return fail(Fault::Unsupported,
                fmt::format("open {}: this kernel has no openat2(2), which keeps links of a "
                            "recorded machine inside it",
                            root),
                "read the recording on Linux 5.6 or later");
  if (!probe) return fail(probe.error());
  return tree;
}

}  // namespace tuner
