#include "host/files/durable_file.h"

#include "base/handle.h"
#include "base/interrupted.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace tuner {
namespace {

constexpr int kTries = 8;

Outcome failed(int error, std::string_view doing, std::string_view shown) {
  return fail(errno_error(error, fmt::format("{} {}", doing, shown)));
}

// node_exporter, systemd and run-parts ignore names that begin with a dot and end with '~'. In a
// folder that others can write to, a name that can be guessed could be taken before, as a link or
// as a file that another process keeps open.
std::string temporary_name(const std::string& name) {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number)
    number = static_cast<std::uint64_t>(::getpid());
  return fmt::format(".{}.{:016x}~", name, number);
}

struct Temporary {
  UniqueFd fd;
  std::string name;
};

Result<Temporary> make_temporary(int folder, const std::string& name, std::string_view shown) {
  int error = 0;
  for (int i = 0; i < kTries; ++i) {
    std::string temporary = temporary_name(name);
    UniqueFd fd = open_fd_at(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    error = errno;
    if (fd) return Temporary{.fd = std::move(fd), .name = std::move(temporary)};
    if (error != EEXIST) break;
  }
  return fail(errno_error(error, fmt::format("create {}", shown)));
}

std::string_view kind_of(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// A link is there on purpose: sysctl.d(5) masks a file by a link to /dev/null. rename(2) would
// replace the link and undo the mask.
Outcome may_be_replaced(int folder, const std::string& name, std::string_view shown) {
  struct stat about {};
  const int answer = ::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW);
  const int error = errno;
  if (answer != 0 && error == ENOENT) return {};
  if (answer != 0) return failed(error, "stat", shown);
  if (S_ISREG(about.st_mode)) return {};
  return fail(
      Fault::Refused,
      fmt::format("{} is {}: only regular files are replaced", shown, kind_of(about.st_mode)),
      "remove it, or name another file");
}

Outcome fill(int fd, std::string_view text, mode_t mode, std::string_view shown, Lasts lasts) {
  TRY(write_whole(fd, text, shown));
  // After the write, so that no program reads half of it. By fchmod(2), to which the umask does not
  // apply.
  if (::fchmod(fd, mode) < 0) return failed(errno, "set the mode of", shown);
  // Before the rename: otherwise a power loss may leave an empty file under the final name.
  if (lasts == Lasts::Kept && ::fsync(fd) < 0) return failed(errno, "fsync", shown);
  return {};
}

}  // namespace

Outcome write_whole(int fd, std::string_view text, std::string_view shown) {
  const auto written = retry_interrupted([&] { return ::write(fd, text.data(), text.size()); });
  const int error = errno;
  if (written < 0) return failed(error, "write", shown);
  // If the disk fills up in the middle, write(2) returns a short count; only the next write would
  // fail with ENOSPC.
  if (static_cast<std::size_t>(written) != text.size()) return failed(ENOSPC, "write", shown);
  return {};
}

Outcome sync_folder(int folder, std::string_view shown) {
  // fsync(2) fails with EBADF on a descriptor opened with O_PATH.
  const UniqueFd readable = open_fd_at(folder, ".", O_RDONLY | O_DIRECTORY);
  int error = errno;
  if (!readable) return failed(error, "open the folder of", shown);
  const int answer = ::fsync(readable.get());
  error = errno;
  if (answer < 0) return failed(error, "fsync the folder of", shown);
  return {};
}

Outcome replace_file(int folder, const std::string& name, std::string_view text, mode_t mode,
                     std::string_view shown, Lasts lasts) {
  TRY(may_be_replaced(folder, name, shown));
  const auto made = TRY(make_temporary(folder, name, shown));
  auto done = fill(made.fd.get(), text, mode, shown, lasts);
  // A reader sees the old file or the new one, and never a part (rename(2)).
  if (done && ::renameat(folder, made.name.c_str(), folder, name.c_str()) < 0)
    done = failed(errno, "replace", shown);
  if (!done) {
    ::unlinkat(folder, made.name.c_str(), 0);
    return done;
  }
  return lasts == Lasts::Kept ? sync_folder(folder, shown) : Outcome{};
}

}  // namespace tuner
