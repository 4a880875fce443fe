// Which processes hold sockets: /proc/PID/fd, compared by inode. Files are read, nothing is run.
#pragma once

#include "base/result.h"
#include "host/process/process.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tuner {

struct SocketProcess {
  int pid = 0;
  std::string name;           // comm: any byte but NUL
  std::string control_group;  // of /proc/PID/cgroup; "" if it could not be read
  // nullopt: it has ended. What is read of the process later is of this one only if it still is.
  std::optional<ProcessIdentity> identity = {};
};

struct SocketOwners {
  std::vector<SocketProcess> processes;                     // those that hold one of the sockets
  std::unordered_map<std::uint64_t, std::size_t> of_inode;  // index of `processes`
  // Processes whose descriptors may not be read, and those that were left out when a limit was
  // reached; both 0 if the owner of each socket was found all the same.
  std::size_t unreadable = 0;
  std::size_t not_looked_at = 0;
  bool all_visible = true;  // false: /proc hides processes of other PID namespaces

  // Whether a socket that is not in `of_inode` is held by no process.
  bool complete() const { return unreadable == 0 && not_looked_at == 0 && all_visible; }
};

struct OwnerLimits {
  std::size_t processes = 100'000;
  std::size_t descriptors = 4'000'000;
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// The processes that hold sockets with these inodes. If several hold one, that with the lowest
// number counts: it is the parent of those that inherited it. Ends as soon as each inode is found.
// Invalid and others: `proc` cannot be listed.
Result<SocketOwners> find_socket_owners(const std::string& proc,
                                        const std::unordered_set<std::uint64_t>& inodes,
                                        const OwnerLimits& limits = {});

}  // namespace tuner
