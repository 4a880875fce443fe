#include "host/programs/gains_rights.h"

#include <fmt/format.h>

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>

namespace tuner {

namespace {

struct Rights {
  struct stat status {};
  bool capabilities = false;
};

Result<Rights> rights_of(const std::string& executable) {
  Rights rights;
  if (::stat(executable.c_str(), &rights.status) != 0)
    return fail(errno_error(errno, fmt::format("look at {}", executable)));
  rights.capabilities = ::getxattr(executable.c_str(), "security.capability", nullptr, 0) >= 0;
  // ENOTSUP: a file system that can hold none.
  if (rights.capabilities || errno == ENODATA || errno == ENOTSUP) return rights;
  return fail(errno_error(errno, fmt::format("read the capabilities of {}", executable)));
}

}  // namespace

// security/commoncap.c, cap_bprm_creds_from_file(): another user or group, or capabilities that the
// caller does not have as root.
Result<std::optional<std::string>> why_secure(const std::string& executable, uid_t user,
                                              gid_t group) {
  const Rights rights = TRY(rights_of(executable));
  std::optional<std::string> why;
  const auto& status = rights.status;
  if ((status.st_mode & S_ISUID) != 0 && status.st_uid != user)
    why = fmt::format("it is set-uid, for user {}", status.st_uid);
  else if ((status.st_mode & S_ISGID) != 0 && (status.st_mode & S_IXGRP) != 0 &&
           status.st_gid != group)
    why = fmt::format("it is set-gid, for group {}", status.st_gid);
  else if (rights.capabilities && user != 0)
    why = "it has file capabilities";
  return why;
}

}  // namespace tuner
