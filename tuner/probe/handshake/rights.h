// Gives up, before the helper reads data of a peer, root and all capabilities, and limits memory,
// files and processes to what a probe needs. It cannot be undone. A step that fails is an error
// that names the step; the helper must stop then.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <cstdint>

namespace tuner {

inline constexpr uid_t kNobody = 65534;

// Root becomes nobody without supplementary groups; other users keep their user ID. All capability
// sets become empty, PR_SET_NO_NEW_PRIVS prevents new ones, and the process becomes undumpable, so
// that other processes of this user cannot trace it. Call it before threads are started. Clears
// PR_SET_PDEATHSIG. NotPermitted: the container or unit does not allow a step.
Outcome give_up_rights();

struct HelperNeeds {
  std::uint64_t bytes_each_way = 0;
  bool threads = false;
  std::uint64_t connections = 0;  // open at a time, with both ends in this process
};

// Sets resource limits: no core file, no child processes unless needs.threads (RLIMIT_NPROC counts
// threads too); 512 open files, or two for each of needs.connections, but never more than the hard
// limit was; address space and file size depend on needs.bytes_each_way and connections.
Outcome limit_resources(const HelperNeeds& needs);

}  // namespace tuner
