#include "host/state_store.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "base/text.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <thread>

namespace tuner {
namespace {

constexpr auto kLockPoll = std::chrono::milliseconds(20);

// Readable by everybody, so that plan, check and status need no rights: what was set is no secret.
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0644;
// Not the lock: whoever can open it can hold it.
constexpr mode_t kLockMode = 0600;

// A journal has a few hundred bytes a write, a history that was never cut some MiB.
constexpr std::size_t kLargest = std::size_t{64} << 20U;

std::string folder_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string hint_for(int errno_value, const std::string& path) {
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT: return fmt::format("free space on the file system of {}", folder_of(path));
    case EROFS: return fmt::format("the file system of {} is mounted read-only", folder_of(path));
    case EACCES:
    case EPERM: return "needs CAP_DAC_OVERRIDE: run as root, the tool's own state is root's";
    case ELOOP: return fmt::format("{} is a symbolic link; remove it", path);
    default: return {};
  }
}

tl::unexpected<Error> failed(int errno_value, std::string_view doing, const std::string& path) {
  Error error = errno_error(errno_value, fmt::format("{} {}", doing, path));
  error.hint = hint_for(errno_value, path);
  return fail(std::move(error));
}

// What was created or renamed is durable only once its folder is.
Outcome sync_folder(const std::string& path) {
  const std::string folder = folder_of(path);
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  int error = errno;
  if (!fd) return failed(error, "open", folder);
  const int answer = ::fsync(fd.get());
  error = errno;
  if (answer < 0) return failed(error, "make durable", folder);
  return {};
}

Outcome make_folders(const std::string& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) == 0) return sync_folder(folder);
  int error = errno;
  if (error == EEXIST) return {};
  if (error != ENOENT || folder_of(folder) == folder) return failed(error, "create", folder);
  if (auto parent = make_folders(folder_of(folder)); !parent) return parent;
  const int answer = ::mkdir(folder.c_str(), kFolderMode);
  error = errno;
  if (answer < 0 && error != EEXIST) return failed(error, "create", folder);
  return sync_folder(folder);
}

// Opened without waiting: a FIFO at the name of our file is refused, not waited for.
Result<UniqueFd> open_file(const std::string& path, int flags, mode_t mode = 0) {
  UniqueFd fd(retry_interrupted(
      [&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode); }));
  int error = errno;
  if (!fd) return failed(error, "open", path);
  struct stat about {};
  const int answer = ::fstat(fd.get(), &about);
  error = errno;
  if (answer != 0) return failed(error, "look at", path);
  if (!S_ISREG(about.st_mode))
    return fail(Fault::Invalid, fmt::format("{} is not a regular file", path), "remove it");
  return fd;
}

Outcome write_whole(int fd, std::string_view text, const std::string& path) {
  const auto written = retry_interrupted([&] { return ::write(fd, text.data(), text.size()); });
  const int error = errno;
  if (written < 0) return failed(error, "write", path);
  // A disk that fills up in the middle takes a part and says so only with the next write.
  if (static_cast<std::size_t>(written) != text.size()) return failed(ENOSPC, "write", path);
  return {};
}

Outcome make_durable(int fd, const std::string& path) {
  const int answer = ::fdatasync(fd);
  const int error = errno;
  if (answer < 0) return failed(error, "make durable", path);
  return {};
}

Result<std::string> read_whole(int fd, const std::string& path) {
  std::string text;
  std::array<char, 64 * 1024> block{};
  while (true) {
    const auto got = retry_interrupted([&] { return ::read(fd, block.data(), block.size()); });
    const int error = errno;
    if (got < 0) return failed(error, "read", path);
    if (got == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kLargest)
      return fail(Fault::TooLarge, fmt::format("read {}: more than {} MiB", path, kLargest >> 20U),
                  "move it aside; nothing was changed");
  }
}

struct Log {
  UniqueFd fd;
  bool created = false;
  off_t size = 0;
  bool torn = false;  // the last line has no end: power was lost while it was written
};

Result<Log> open_log(const std::string& path) {
  auto fd = open_file(path, O_RDWR | O_APPEND);
  const bool created = !fd && fd.error().errno_value == ENOENT;
  if (created) fd = open_file(path, O_RDWR | O_APPEND | O_CREAT, kFileMode);
  if (!fd) return fail(fd.error());
  Log log{.fd = std::move(*fd), .created = created};
  log.size = ::lseek(log.fd.get(), 0, SEEK_END);
  char last = '\n';
  if (log.size > 0 && ::pread(log.fd.get(), &last, 1, log.size - 1) == 1) log.torn = last != '\n';
  return log;
}

class HeldLock : public StateStore::Lock {
 public:
  explicit HeldLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;  // closing it lets go
};

class LocalStateStore : public StateStore {
 public:
  explicit LocalStateStore(std::string root) : root_(std::move(root)) {}

  Result<std::string> read(std::string_view path) const override {
    const std::string place = root_ + std::string(path);
    const auto fd = open_file(place, O_RDONLY);
    if (!fd) return fail(fd.error());
    return read_whole(fd->get(), place);
  }

  Result<std::size_t> size(std::string_view path) const override {
    const std::string place = root_ + std::string(path);
    struct stat about {};
    const int answer = ::lstat(place.c_str(), &about);
    const int error = errno;
    if (answer == 0) return static_cast<std::size_t>(about.st_size);
    if (error == ENOENT || error == ENOTDIR) return std::size_t{0};
    return failed(error, "look at", place);
  }

  Result<std::string> read_end(std::string_view path, std::size_t bytes) const override {
    const std::string place = root_ + std::string(path);
    const auto fd = open_file(place, O_RDONLY);
    if (!fd) return fail(fd.error());
    const off_t size = ::lseek(fd->get(), 0, SEEK_END);
    const auto back = std::min(static_cast<off_t>(bytes), size);
    const off_t began = ::lseek(fd->get(), -back, SEEK_END);
    const int error = errno;
    if (size < 0 || began < 0) return failed(error, "look for the end of", place);
    auto text = read_whole(fd->get(), place);
    if (!text || began == 0) return text;
    const auto line = text->find('\n');
    return line == std::string::npos ? std::string() : text->substr(line + 1);
  }

  Outcome append(std::string_view path, std::string_view line) override {
    const std::string place = root_ + std::string(path);
    if (auto made = make_folders(folder_of(place)); !made) return made;
    const auto log = open_log(place);
    if (!log) return fail(log.error());
    const std::string record = fmt::format("{}{}\n", log->torn ? "\n" : "", line);
    if (auto written = write_whole(log->fd.get(), record, place); !written) {
      // Half a record must not stay: the next one would be glued to it.
      if (::ftruncate(log->fd.get(), log->size) < 0)
        written.error().hint += " (a torn line is left)";
      return written;
    }
    if (auto durable = make_durable(log->fd.get(), place); !durable) return durable;
    return log->created ? sync_folder(place) : Outcome{};
  }

  Outcome replace(std::string_view path, std::string_view text) override {
    const std::string place = root_ + std::string(path);
    if (auto made = make_folders(folder_of(place)); !made) return made;
    const std::string temporary = fmt::format("{}.{}.tmp", place, ::getpid());
    if (auto written = write_new(temporary, text); !written) {
      ::unlink(temporary.c_str());
      return written;
    }
    const int answer = ::rename(temporary.c_str(), place.c_str());
    const int error = errno;
    if (answer < 0) {
      ::unlink(temporary.c_str());
      return failed(error, "replace", place);
    }
    return sync_folder(place);
  }

  Outcome move(std::string_view from, std::string_view to) override {
    const std::string place = root_ + std::string(from);
    const int answer = ::rename(place.c_str(), (root_ + std::string(to)).c_str());
    const int error = errno;
    if (answer < 0) return failed(error, "move", place);
    return sync_folder(place);
  }

  Outcome remove(std::string_view path) override {
    const std::string place = root_ + std::string(path);
    const int answer = ::unlink(place.c_str());
    const int error = errno;
    if (answer < 0 && (error == ENOENT || error == ENOTDIR)) return {};
    if (answer < 0) return failed(error, "remove", place);
    return sync_folder(place);
  }

  Result<std::unique_ptr<Lock>> lock(std::chrono::milliseconds wait) override {
    const std::string place = root_ + std::string(kLockPath);
    if (auto made = make_folders(folder_of(place)); !made) return fail(made.error());
    auto fd = open_file(place, O_RDWR | O_CREAT, kLockMode);
    if (!fd) return fail(fd.error());
    if (auto got = wait_for_flock(fd->get(), place, wait); !got) return fail(got.error());
    const std::string pid = fmt::format("{}\n", ::getpid());
    // The number is a courtesy to whoever finds the lock taken; not having it is no failure.
    if (::ftruncate(fd->get(), 0) == 0) static_cast<void>(write_whole(fd->get(), pid, place));
    return std::make_unique<HeldLock>(std::move(*fd));
  }

 private:
  static Outcome write_new(const std::string& path, std::string_view text) {
    const auto fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, kFileMode);
    if (!fd) return fail(fd.error());
    if (auto written = write_whole(fd->get(), text, path); !written) return written;
    return make_durable(fd->get(), path);
  }

  static Outcome wait_for_flock(int fd, const std::string& place, std::chrono::milliseconds wait) {
    const auto deadline = std::chrono::steady_clock::now() + wait;
    while (::flock(fd, LOCK_EX | LOCK_NB) < 0) {
      const int error = errno;
      if (error != EWOULDBLOCK && error != EINTR) return failed(error, "lock", place);
      if (std::chrono::steady_clock::now() >= deadline) return fail(held_by_other(fd, place));
      std::this_thread::sleep_for(kLockPoll);
    }
    return {};
  }

  static Error held_by_other(int fd, const std::string& place) {
    const auto text = read_whole(fd, place);
    const std::string pid = text ? std::string(trim(*text)) : std::string();
    return Error{.fault = Fault::Busy,
                 .errno_value = EWOULDBLOCK,
                 .text = fmt::format("another run{} holds {}",
                                     pid.empty() ? "" : fmt::format(" (pid {})", pid), place),
                 .hint = "wait for it with --wait, or try again later"};
  }

  std::string root_;
};

}  // namespace

std::unique_ptr<StateStore> local_state_store(std::string root) {
  return std::make_unique<LocalStateStore>(std::move(root));
}

}  // namespace tuner
