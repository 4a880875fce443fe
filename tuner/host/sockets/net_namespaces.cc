#include "host/sockets/net_namespaces.h"

#include "base/interrupted.h"
#include "base/number.h"
#include "host/net/socket_dump.h"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

namespace tuner {
namespace {

Result<UniqueFd> open_socket(int family, int type, int protocol) {
  UniqueFd socket(::socket(family, type | SOCK_CLOEXEC, protocol));
  const int error = errno;
  if (!socket) return fail(errno_error(error, "open a socket"));
  return socket;
}

Result<NamespaceSockets> open_sockets() {
  auto diagnostics = TRY(open_diagnostics());
  auto routes = TRY(open_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  auto names = open_socket(AF_INET, SOCK_DGRAM, 0);
  if (!names) names = open_socket(AF_INET6, SOCK_DGRAM, 0);  // a kernel without IPv4
  if (!names) return fail(names.error());
  return NamespaceSockets{.diagnostics = std::move(diagnostics),
                          .routes = std::move(routes),
                          .names = std::move(*names)};
}

Outcome enter(int space, std::string_view name) {
  const int answer = ::setns(space, CLONE_NEWNET);
  const int error = errno;
  if (answer == 0) return {};
  return fail(errno_error(error, fmt::format("enter network namespace {}", name)));
}

using Identity = std::pair<dev_t, ino_t>;

// Collects each namespace once. Two processes in one have files of the same device and inode.
class Collected {
 public:
  Collected(NetNamespaces& spaces, std::size_t most) : spaces_(spaces), most_(most) {}

  Outcome add(UniqueFd handle, bool own) {
    struct stat about {};
    const int answer = ::fstat(handle.get(), &about);
    const int error = errno;
    if (answer != 0) return fail(errno_error(error, "look at a network namespace"));
    // Most processes share a namespace. Only the first handle of each is kept open.
    if (!seen_.emplace(about.st_dev, about.st_ino).second) return {};
    if (spaces_.all.size() >= most_) {
      ++spaces_.not_looked_at;
      return {};
    }
    spaces_.all.push_back(
        {.name = fmt::format("net:[{}]", about.st_ino), .own = own, .handle = std::move(handle)});
    return {};
  }

 private:
  NetNamespaces& spaces_;
  std::size_t most_;
  std::set<Identity> seen_;
};

}  // namespace

Result<NetNamespaces> net_namespaces(const std::string& proc, bool others, std::size_t most) {
  NetNamespaces spaces;
  Collected collected(spaces, most);
  UniqueFd own = open_fd(proc + "/self/ns/net", O_RDONLY);
  const int error = errno;
  if (!own) return fail(errno_error(error, fmt::format("open {}/self/ns/net", proc)));
  TRY(collected.add(std::move(own), true));
  if (!others) return spaces;
  const Handle<DIR, ::closedir> folder(::opendir(proc.c_str()));
  const int why = errno;
  if (!folder) return fail(errno_error(why, fmt::format("list {}", proc)));
  while (const dirent* entry = ::readdir(folder.get())) {
    if (!whole_number<int>(std::string_view(entry->d_name), 1)) continue;
    UniqueFd handle =
        open_fd_at(::dirfd(folder.get()), fmt::format("{}/ns/net", entry->d_name), O_RDONLY);
    if (handle) {
      TRY(collected.add(std::move(handle), false));
    } else if (errno == EACCES || errno == EPERM) {
      ++spaces.unreadable;  // a process that has ended is ENOENT
    }
  }
  return spaces;
}

Result<NamespaceSockets> open_sockets_in(const NetNamespace& space) {
  if (space.own) return open_sockets();
  const UniqueFd home = open_fd("/proc/self/ns/net", O_RDONLY);
  const int error = errno;
  if (!home) return fail(errno_error(error, "open /proc/self/ns/net"));
  TRY(enter(space.handle.get(), space.name));
  auto sockets = open_sockets();
  // Whatever this process does next must be done in its own namespace.
  if (const auto back = enter(home.get(), "of this process"); !back)
    return fail(Fault::Internal, back.error().text);
  return sockets;
}

}  // namespace tuner
