#include "host/net/network_namespace.h"

#include "base/handle.h"

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>

namespace tuner {
namespace {

constexpr int kNetnsCookie =
    71;  // SO_NETNS_COOKIE, Linux 5.14; newer than the headers of Debian 11
constexpr const char* kOwnNamespace = "/proc/self/ns/net";

// A file that exists in the initial namespace only: net_core_table is registered for init_net only
// (net/core/sysctl_net_core.c), and /proc/sys/net has the tables of the process's own namespace.
constexpr const char* kOnlyInInitial = "/proc/sys/net/core/netdev_budget";

Result<bool> is_initial() {
  struct stat about {};
  const int result = ::stat(kOnlyInInitial, &about);
  const int error = errno;
  if (result == 0) return true;
  if (error == ENOENT) return false;
  return fail(errno_error(error, fmt::format("stat {}", kOnlyInInitial)));
}

}  // namespace

bool is_initial_namespace(std::string_view name) {
  return name.starts_with(kInitialNamespace);
}

Result<std::string> this_network_namespace() {
  struct stat link {};
  const int result = ::stat(kOwnNamespace, &link);
  int error = errno;
  if (result < 0) return fail(errno_error(error, fmt::format("stat {}", kOwnNamespace)));
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  error = errno;
  if (!socket) return fail(errno_error(error, "open a socket"));
  std::uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  // The inode is reused after a namespace ends, the cookie is not. A journal in /run is shared by
  // all network namespaces of a machine, so with a reused inode rollback would restore the values
  // of one namespace in another.
  const int answer = ::getsockopt(socket.get(), SOL_SOCKET, kNetnsCookie, &cookie, &size);
  error = errno;
  if (answer != 0 && error != ENOPROTOOPT)
    return fail(errno_error(error, "get the network namespace cookie of a socket"));
  const auto initial = TRY(is_initial());
  return fmt::format("{}net:[{}] {} {}", initial ? kInitialNamespace : "", link.st_ino,
                     answer == 0 ? "cookie" : "device", answer == 0 ? cookie : link.st_dev);
}

}  // namespace tuner
