// What the helper gives up before it hears a peer: root, every capability, every way back to them,
// and what no probe needs of memory, files and processes. Nothing here can be undone. Each step
// that fails is an error that names it, and the helper must not go on then.
#pragma once

#include "base/result.h"

#include <sys/types.h>

#include <cstdint>

namespace tuner {

inline constexpr uid_t kNobody = 65534;

// Root becomes nobody, without groups; other users stay who they are. No capability is left in any
// set, PR_SET_NO_NEW_PRIVS keeps new ones away, and no other process of this user can look in. To
// be called while there is one thread; clears PR_SET_PDEATHSIG. NotPermitted: a container or unit
// that keeps root from it.
Outcome give_up_rights();

struct HelperNeeds {
  std::uint64_t bytes_each_way = 0;
  bool threads = false;
};

// No core file, no process of its own, and memory, open files and their size in proportion to what
// is probed.
Outcome limit_resources(const HelperNeeds& needs);

}  // namespace tuner
