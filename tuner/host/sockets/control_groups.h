// The control groups of this machine by their ids. Socket diagnostics reports the id of the group
// in which a socket was created, which is the inode number of its folder in cgroup v2.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace tuner {

struct ControlGroups {
  // "/system.slice/nginx.service". Without the root, which has every socket that belongs nowhere
  // else: all of them where systemd uses cgroup v1.
  std::unordered_map<std::uint64_t, std::string> paths;
  bool complete = true;  // false: folders were left out, so a missing id proves nothing
};

// The folder below /sys/fs/cgroup that is cgroup v2. NotFound: none is mounted there.
Result<std::string> unified_control_groups();

// Walks the folders below `root`: at most `most` groups, and at most 32 deep.
Result<ControlGroups> read_control_groups(const std::string& root, std::size_t most = 100'000);

}  // namespace tuner
