#include "host/files/file_bytes.h"

#include "base/interrupted.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace tuner {
namespace {

std::string_view kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

bool read_all_at(int fd, std::uint64_t at, std::span<std::byte> into) {
  while (!into.empty()) {
    if (at > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) return false;
    const auto got = retry_interrupted(
        [&] { return ::pread(fd, into.data(), into.size(), static_cast<off_t>(at)); });
    if (got <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(got));
    at += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace

Result<struct stat> stat_of_regular(int fd, std::string_view path) {
  struct stat about {};
  const int answer = ::fstat(fd, &about);
  const int error = errno;
  if (answer != 0) return fail(errno_error(error, fmt::format("stat {}", path)));
  if (S_ISDIR(about.st_mode)) return fail(errno_error(EISDIR, fmt::format("read {}", path)));
  if (S_ISREG(about.st_mode)) return about;
  return fail(Fault::Invalid,
              fmt::format("read {}: not a regular file but {}", path, kind_of(about.st_mode)));
}

std::string identity_of(const struct stat& about) {
  return fmt::format("{}:{}", about.st_dev, about.st_ino);
}

Result<FileBytes> bytes_of(UniqueFd place, std::string_view path) {
  const struct stat about = TRY(stat_of_regular(place.get(), path));
  // Through the descriptor: the path may name another file by now.
  UniqueFd fd =
      open_fd(fmt::format("/proc/self/fd/{}", place.get()), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  const int error = errno;
  if (!fd) return fail(errno_error(error, fmt::format("open {}", path)));
  const auto shared = std::make_shared<UniqueFd>(std::move(fd));
  return FileBytes{.size = static_cast<std::uint64_t>(about.st_size),
                   .identity = identity_of(about),
                   .read_at = [shared](std::uint64_t at, std::span<std::byte> into) {
                     return read_all_at(shared->get(), at, into);
                   }};
}

}  // namespace tuner
