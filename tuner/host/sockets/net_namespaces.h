// The network namespaces of this machine, and sockets in them to ask the kernel with.
#pragma once

#include "base/handle.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tuner {

// Netlink sockets stay in the namespace in which they were made, so that this process enters
// another one for three calls only.
struct NamespaceSockets {
  UniqueFd diagnostics;  // NETLINK_SOCK_DIAG
  UniqueFd routes;       // NETLINK_ROUTE
  UniqueFd names;        // AF_INET or AF_INET6, for ioctl(2): the names of interfaces
};

struct NetNamespace {
  std::string name;  // "net:[4026531840]", as in /proc/PID/ns/net
  bool own = false;  // that of this process
  UniqueFd handle;
};

struct NetNamespaces {
  std::vector<NetNamespace> all;  // that of this process first
  std::size_t unreadable = 0;     // processes whose namespace may not be looked at
  std::size_t not_looked_at = 0;  // namespaces that were left out at the limit
};

// That of this process; with `others`, also each one in which a process is, at most `most`: each
// is a descriptor, of which a process has 1024.
Result<NetNamespaces> net_namespaces(const std::string& proc, bool others, std::size_t most = 500);

// Opens the sockets in this namespace. NotPermitted: entering it needs CAP_SYS_ADMIN. Internal: the
// way back to the own namespace failed; the process must end then.
Result<NamespaceSockets> open_sockets_in(const NetNamespace& space);

}  // namespace tuner
