#include "host/files/secret_file.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/files/trusted_path.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tuner {
namespace {

constexpr std::size_t kLongest = 64U << 10U;

// Checks the open descriptor and not the path: between a check of the path and the open, another
// file could take its place.
Outcome is_private(int fd, const std::string& path) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return fail(errno_error(errno, "stat " + path));
  if (!S_ISREG(about.st_mode)) {
    return fail(Fault::Refused, fmt::format("{} is not a regular file", path));
  }
  if (about.st_uid != ::geteuid() && about.st_uid != 0) {
    return fail(Fault::Refused,
                fmt::format("{} belongs to user {}, not to this user or root", path, about.st_uid),
                fmt::format("chown {} {}", ::geteuid(), path));
  }
  if ((about.st_mode & 077U) != 0) {
    return fail(Fault::Refused,
                fmt::format("{} has mode {:04o}: users other than its owner can access it", path,
                            about.st_mode & 07777U),
                fmt::format("chmod 600 {}", path));
  }
  return {};
}

Outcome fill(int fd, std::string_view text, const std::string& path) {
  // The umask may have cleared the owner's bits.
  if (::fchmod(fd, 0600) != 0) return fail(errno_error(errno, "set the mode of " + path));
  const ssize_t size = retry_interrupted([&] { return ::write(fd, text.data(), text.size()); });
  if (size < 0) return fail(errno_error(errno, "write " + path));
  if (static_cast<std::size_t>(size) == text.size()) return {};
  return fail(Fault::NoSpace,
              fmt::format("write {}: only {} of {} bytes were written", path, size, text.size()));
}

}  // namespace

// O_NONBLOCK: the open of a FIFO without a writer must not block; is_private() rejects the FIFO.
Result<std::string> read_secret_file(const std::string& path) {
  const auto way = TRY(open_trusted_path(path));
  const UniqueFd file =
      open_fd_at(way.folder.get(), way.name, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
  if (!file) return fail(errno_error(errno, "open " + path));
  TRY(is_private(file.get(), path));
  std::string text(kLongest, '\0');
  const ssize_t size =
      retry_interrupted([&] { return ::read(file.get(), text.data(), text.size()); });
  if (size < 0) return fail(errno_error(errno, "read " + path));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Outcome write_new_secret_file(const std::string& path, std::string_view text) {
  const auto way = TRY(open_path("", path));
  const std::vector<uid_t> owners = trusted_owners();
  TRY(path_is_trusted(way, owners));
  const UniqueFd file =
      open_fd_at(way.folder.get(), way.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!file) return fail(errno_error(errno, "create " + path));
  auto filled = fill(file.get(), text, path);
  if (!filled) ::unlinkat(way.folder.get(), way.name.c_str(), 0);
  return filled;
}

}  // namespace tuner
