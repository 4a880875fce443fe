// Retries system calls that a signal interrupted (EINTR).
#pragma once

#include <cerrno>

namespace tuner {

// Repeats the call while it fails with EINTR. Returns its result; errno is that of the last call.
template <typename Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace tuner
