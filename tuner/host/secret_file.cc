#include "host/secret_file.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/trusted_path.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tuner {
namespace {

constexpr std::size_t kLongest = 64U << 10U;

Outcome is_private(int fd, const std::string& path) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return fail(errno_error(errno, "look at " + path));
  if (!S_ISREG(about.st_mode)) {
    return fail(Fault::Refused, fmt::format("{} is not a regular file", path));
  }
  if (about.st_uid != ::geteuid() && about.st_uid != 0) {
    return fail(Fault::Refused,
                fmt::format("{} belongs to user {}, who could have written it", path, about.st_uid),
                fmt::format("chown {} {}", ::geteuid(), path));
  }
  if ((about.st_mode & 077U) != 0) {
    return fail(Fault::Refused,
                fmt::format("{} has mode {:04o}: others than its owner may touch it", path,
                            about.st_mode & 07777U),
                fmt::format("chmod 600 {}", path));
  }
  return {};
}

}  // namespace

// O_NONBLOCK: a named pipe without a writer is refused, not waited for.
Result<std::string> read_secret_file(const std::string& path) {
  const auto way = walk_to_input(path);
  if (!way) return fail(way.error());
  const UniqueFd file(retry_interrupted([&] {
    return ::openat(way->folder.get(), way->name.c_str(),
                    O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
  }));
  if (!file) return fail(errno_error(errno, "open " + path));
  if (auto yes = is_private(file.get(), path); !yes) return fail(yes.error());
  std::string text(kLongest, '\0');
  const ssize_t size =
      retry_interrupted([&] { return ::read(file.get(), text.data(), text.size()); });
  if (size < 0) return fail(errno_error(errno, "read " + path));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace tuner
