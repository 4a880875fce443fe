#include "host/process/kernel_log.h"

#include <sys/klog.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

// syslog(2); no header has them.
// SYSLOG_ACTION_READ_ALL returns the last bytes and removes nothing; SYSLOG_ACTION_SIZE_BUFFER
// returns the size of the buffer.
constexpr int kReadAll = 3;
constexpr int kSizeOfBuffer = 10;
constexpr int kMost = 16 << 20;

}  // namespace

Result<std::string> kernel_log() {
  const int size = ::klogctl(kSizeOfBuffer, nullptr, 0);
  int error = errno;
  if (size < 0) return fail(errno_error(error, "read the kernel's log"));
  std::string text(static_cast<std::size_t>(std::min(size, kMost)), '\0');
  const int got = ::klogctl(kReadAll, text.data(), static_cast<int>(text.size()));
  error = errno;
  if (got < 0) return fail(errno_error(error, "read the kernel's log"));
  text.resize(static_cast<std::size_t>(got));
  return text;
}

}  // namespace tuner
