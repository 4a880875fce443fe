#include "host/files/state_store.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "base/text.h"
#include "host/files/durable_file.h"
#include "host/files/file_tree.h"
#include "host/files/small_files.h"
#include "host/files/trusted_path.h"
#include "host/process/lock_holder.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <thread>

namespace tuner {
namespace {

// flock(2) has no timeout, so the lock is polled. It ends with its process, also after SIGKILL.
constexpr auto kLockPoll = std::chrono::milliseconds(20);

// World-readable, so that plan, check and status need no privileges. Settings are not secret.
constexpr mode_t kFileMode = 0644;
// The lock is not: a process that can open the file can hold the lock.
constexpr mode_t kLockMode = 0600;

// A journal has a few hundred bytes per write; a history that was never truncated has some MiB.
constexpr std::size_t kLargest = std::size_t{64} << 20U;

std::string hint_for(int errno_value, std::string_view path) {
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT: return fmt::format("free space on the file system of {}", parent_of(path));
    case EROFS: return fmt::format("the file system of {} is mounted read-only", parent_of(path));
    case EACCES:
    case EPERM: return "needs CAP_DAC_OVERRIDE: run as root, which owns the tool's state";
    case ELOOP: return fmt::format("{} is a symbolic link; remove it", path);
    default: return {};
  }
}

Error with_hint(Error error, std::string_view path) {
  if (error.hint.empty()) error.hint = hint_for(error.errno_value, path);
  return error;
}

tl::unexpected<Error> failed(int errno_value, std::string_view doing, std::string_view path) {
  return fail(with_hint(errno_error(errno_value, fmt::format("{} {}", doing, path)), path));
}

Result<std::string> read_whole(int fd, const std::string& path) {
  struct stat about {};
  const int answer = ::fstat(fd, &about);
  int error = errno;
  if (answer != 0) return failed(error, "stat", path);
  // One byte more: the read that fills the text is not yet the end of the file.
  constexpr std::size_t kLeast = 1024;
  std::string text(
      std::clamp<std::size_t>(static_cast<std::size_t>(about.st_size) + 1, kLeast, kLargest + 1),
      '\0');
  for (std::size_t have = 0;;) {
    if (have > kLargest)
      return fail(Fault::TooLarge, fmt::format("read {}: more than {} MiB", path, kLargest >> 20U),
                  "move the file away; nothing was changed");
    if (have == text.size()) text.resize(std::min(2 * have, kLargest + 1));
    const auto got =
        retry_interrupted([&] { return ::read(fd, text.data() + have, text.size() - have); });
    error = errno;
    if (got < 0) return failed(error, "read", path);
    have += static_cast<std::size_t>(got);
    if (got > 0) continue;
    text.resize(have);
    return text;
  }
}

struct Log {
  UniqueFd fd;
  bool created = false;
  off_t size = 0;
  bool torn = false;  // the last line has no newline: power failed while it was written
};

class HeldLock : public StateStore::Lock {
 public:
  explicit HeldLock(UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;  // closing it releases the lock
};

// A state file: its open folder and its name.
struct Place {
  std::shared_ptr<const WalkedPath> at;
  std::string file;
  std::string shown;

  int folder() const { return at->folder.get(); }
  const char* name() const { return file.c_str(); }
};

class LocalStateStore : public StateStore {
 public:
  LocalStateStore(std::string root, StateOwner whose, StateFolders folders)
      : root_(std::move(root)), whose_(whose), folders_(folders) {}

  Result<std::string> read(std::string_view path) const override {
    const auto place = TRY(place_of(path));
    const auto fd = TRY(open_file(place, O_RDONLY));
    return read_whole(fd.get(), place.shown);
  }

  Result<std::size_t> size(std::string_view path) const override {
    const auto place = place_of(path);
    if (!place && is_missing(place.error())) return std::size_t{0};
    if (!place) return fail(place.error());
    struct stat about {};
    const int answer = ::fstatat(place->folder(), place->name(), &about, AT_SYMLINK_NOFOLLOW);
    const int error = errno;
    if (answer == 0) return static_cast<std::size_t>(about.st_size);
    if (error == ENOENT) return std::size_t{0};
    return failed(error, "stat", place->shown);
  }

  Result<std::string> read_end(std::string_view path, std::size_t bytes) const override {
    const auto place = TRY(place_of(path));
    const auto fd = TRY(open_file(place, O_RDONLY));
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    const auto back = std::min(static_cast<off_t>(bytes), size);
    const off_t began = ::lseek(fd.get(), -back, SEEK_END);
    const int error = errno;
    if (size < 0 || began < 0) return failed(error, "seek in", place.shown);
    auto text = read_whole(fd.get(), place.shown);
    if (!text || began == 0) return text;
    // The read began inside a line; its rest is dropped.
    const auto line = text->find('\n');
    return line == std::string::npos ? std::string() : text->substr(line + 1);
  }

  Outcome append(std::string_view path, std::string_view line) override {
    const auto place = TRY(place_of(path, true));
    const auto log = TRY(open_log(place));
    // A torn line gets its newline first. It stays visible as a line of its own, and this record is
    // whole.
    const std::string record = fmt::format("{}{}\n", log.torn ? "\n" : "", line);
    if (auto written = write_whole(log.fd.get(), record, place.shown); !written) {
      Error error = with_hint(written.error(), place.shown);
      // Remove the partial record, or the next one would continue its line.
      if (::ftruncate(log.fd.get(), log.size) < 0) error.hint += " (an incomplete line is left)";
      return fail(std::move(error));
    }
    // fdatasync(2) includes the new size and leaves out the times, which saves a write per record.
    // A new file's name needs an fsync of its folder as well.
    if (::fdatasync(log.fd.get()) < 0) return failed(errno, "fdatasync", place.shown);
    return log.created ? sync(place) : Outcome{};
  }

  Outcome replace(std::string_view path, std::string_view text) override {
    const auto place = TRY(place_of(path, true));
    return hinted(replace_file(place.folder(), place.file, text, kFileMode, place.shown),
                  place.shown);
  }

  Outcome move(std::string_view from, std::string_view to) override {
    const auto old = TRY(place_of(from));
    const auto next = TRY(place_of(to));
    const int answer = ::renameat(old.folder(), old.name(), next.folder(), next.name());
    const int error = errno;
    if (answer < 0) return failed(error, "move", old.shown);
    return sync(old);
  }

  Outcome remove(std::string_view path) override {
    const auto place = place_of(path);
    if (!place && is_missing(place.error())) return {};
    if (!place) return fail(place.error());
    const int answer = ::unlinkat(place->folder(), place->name(), 0);
    const int error = errno;
    if (answer < 0 && error == ENOENT) return {};
    if (answer < 0) return failed(error, "remove", place->shown);
    // Otherwise the file could be there again after a power loss.
    return sync(*place);
  }

  Result<std::unique_ptr<Lock>> lock(std::chrono::milliseconds wait) override {
    const auto place = TRY(place_of(kLockPath, true));
    bool created = false;
    auto fd = TRY(open_or_create(place, O_RDWR, kLockMode, created));
    TRY(wait_for_flock(fd.get(), place.shown, wait));
    return std::make_unique<HeldLock>(std::move(fd));
  }

 private:
  static bool is_missing(const Error& error) {
    return error.errno_value == ENOENT || error.errno_value == ENOTDIR;
  }

  static Outcome hinted(Outcome outcome, const std::string& shown) {
    return outcome ? outcome : fail(with_hint(outcome.error(), shown));
  }

  static Outcome sync(const Place& place) {
    return hinted(sync_folder(place.folder(), place.shown), place.shown);
  }

  Result<Place> place_of(std::string_view path, bool make_folders = false) const {
    std::string shown = root_ + std::string(path);
    const std::string folder(parent_of(path));
    std::string file(path.substr(path.rfind('/') + 1));
    // A run appends hundreds of records. The checked folder stays open instead of being walked each
    // time, so it also cannot be replaced in between.
    if (const auto kept = kept_.find(folder); kept != kept_.end())
      return Place{.at = kept->second, .file = std::move(file), .shown = std::move(shown)};
    auto walked = open_path(root_, path, make_folders);
    if (!walked) return fail(with_hint(walked.error(), shown));
    if (whose_ == StateOwner::ThisMachine) {
      TRY(path_is_trusted(*walked, trusted_owners()));
    }
    auto at = std::make_shared<const WalkedPath>(std::move(*walked));
    if (folders_ == StateFolders::KeptOpen) kept_.emplace(folder, at);
    return Place{.at = std::move(at), .file = std::move(file), .shown = std::move(shown)};
  }

  // O_NONBLOCK: the open of a FIFO must not block; the checks below reject it.
  Result<UniqueFd> open_file(const Place& place, int flags, mode_t mode = 0) const {
    UniqueFd fd = open_fd_at(place.folder(), place.name(), flags | O_NOFOLLOW | O_NONBLOCK, mode);
    const int error = errno;
    if (!fd) return failed(error, "open", place.shown);
    if (whose_ == StateOwner::ThisMachine) {
      TRY(file_is_trusted(fd.get(), place.shown, trusted_owners()));
    } else if (auto regular = file_is_regular(fd.get(), place.shown); !regular) {
      return fail(regular.error());
    }
    return fd;
  }

  Result<UniqueFd> open_or_create(const Place& place, int flags, mode_t mode, bool& created) const {
    auto fd = open_file(place, flags);
    created = !fd && fd.error().errno_value == ENOENT;
    if (!created) return fd;
    // Without O_EXCL: if another process makes it meanwhile, the checks are made of that file.
    fd = open_file(place, flags | O_CREAT, mode);
    // openat(2) applied the umask.
    if (fd && ::fchmod(fd->get(), mode) < 0) return failed(errno, "set the mode of", place.shown);
    return fd;
  }

  Result<Log> open_log(const Place& place) const {
    bool created = false;
    auto fd = TRY(open_or_create(place, O_RDWR | O_APPEND, kFileMode, created));
    Log log{.fd = std::move(fd), .created = created};
    log.size = ::lseek(log.fd.get(), 0, SEEK_END);
    char last = '\n';
    if (log.size > 0 && ::pread(log.fd.get(), &last, 1, log.size - 1) == 1) log.torn = last != '\n';
    return log;
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
    struct stat about {};
    const auto files = local_file_tree();
    const auto holder = ::fstat(fd, &about) == 0
                            ? lock_holder(*files, fmt::format("{}:{}", about.st_dev, about.st_ino))
                            : std::nullopt;
    std::string hint = "wait for it with --wait, or try again later";
    if (holder && holder->stopped)
      hint = fmt::format(
          "kill -CONT {0} resumes it, kill -KILL {0} ends it; the journal has what it "
          "wrote",
          holder->process.pid);
    return Error{
        .fault = Fault::Busy,
        .errno_value = EWOULDBLOCK,
        .text = fmt::format("another run{} holds {}",
                            holder ? fmt::format(" ({})", holder_text(*holder)) : "", place),
        .hint = std::move(hint)};
  }

  std::string root_;
  StateOwner whose_;
  StateFolders folders_;
  mutable std::map<std::string, std::shared_ptr<const WalkedPath>> kept_;
};

}  // namespace

std::unique_ptr<StateStore> local_state_store(std::string root, StateOwner whose,
                                              StateFolders folders) {
  return std::make_unique<LocalStateStore>(std::move(root), whose, folders);
}

}  // namespace tuner
