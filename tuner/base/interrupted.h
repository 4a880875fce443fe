// Retries system calls that a signal interrupted (EINTR).
#pragma once

#include "base/handle.h"

#include <fcntl.h>

#include <cerrno>
#include <string>

namespace tuner {

// Repeats the call while it fails with EINTR. Returns its result; errno is that of the last call.
template <typename Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// open(2) and openat(2) with O_CLOEXEC. An invalid handle: errno has the reason.
inline UniqueFd open_fd(const std::string& path, int flags) {
  return UniqueFd(retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC); }));
}
inline UniqueFd open_fd_at(int folder, const std::string& name, int flags, mode_t mode = 0) {
  return UniqueFd(
      retry_interrupted([&] { return ::openat(folder, name.c_str(), flags | O_CLOEXEC, mode); }));
}

}  // namespace tuner
