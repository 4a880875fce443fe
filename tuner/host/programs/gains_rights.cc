#include "host/programs/gains_rights.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>

namespace tuner {

Result<bool> gains_rights(const std::string& executable) {
  struct stat status {};
  if (::stat(executable.c_str(), &status) != 0)
    return fail(errno_error(errno, fmt::format("look at {}", executable)));
  if ((status.st_mode & (S_ISUID | S_ISGID)) != 0) return true;
  if (::getxattr(executable.c_str(), "security.capability", nullptr, 0) >= 0) return true;
  // ENOTSUP: a file system that can hold none.
  if (errno == ENODATA || errno == ENOTSUP) return false;
  return fail(errno_error(errno, fmt::format("read the capabilities of {}", executable)));
}

}  // namespace tuner
