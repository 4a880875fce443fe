// System calls that a signal ended before they did anything.
#pragma once

#include <cerrno>

namespace tuner {

// What the call answers, asked again as long as that is EINTR; errno is then the call's.
template <typename Call>
auto retry_interrupted(Call call) {
  auto answer = call();
  while (answer < 0 && errno == EINTR) answer = call();
  return answer;
}

}  // namespace tuner
