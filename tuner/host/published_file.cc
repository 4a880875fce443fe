#include "host/published_file.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/small_files.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace tuner {
namespace {

Outcome failed(int error, std::string_view doing, const std::string& path) {
  return fail(errno_error(error, fmt::format("{} {}", doing, path)));
}

Outcome fill(int fd, std::string_view text, const std::string& path) {
  const auto written = retry_interrupted([&] { return ::write(fd, text.data(), text.size()); });
  const int error = errno;
  if (written < 0) return failed(error, "write", path);
  if (static_cast<std::size_t>(written) != text.size()) return failed(ENOSPC, "write", path);
  if (::fchmod(fd, 0644) < 0) return failed(errno, "make readable", path);
  if (::fdatasync(fd) < 0) return failed(errno, "make durable", path);
  return {};
}

}  // namespace

Outcome publish(const std::string& path, std::string_view text) {
  const std::string folder(parent_of(path.find('/') == std::string::npos ? "./" + path : path));
  std::string temporary = fmt::format("{}/.{}.XXXXXX", folder, base_name(path));
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  const int error = errno;
  if (!fd && error == ENOENT) {
    return fail(
        Fault::NotFound, fmt::format("write {}: there is no folder {}", path, folder),
        "make it, or name another one; it is not made here, because whoever reads it owns it");
  }
  if (!fd) return failed(error, "write a file in", folder);
  auto written = fill(fd.get(), text, temporary);
  if (written && ::rename(temporary.c_str(), path.c_str()) < 0)
    written = failed(errno, "replace", path);
  if (!written) ::unlink(temporary.c_str());
  return written;
}

}  // namespace tuner
