// Two connected TCP sockets on 127.0.0.1, with time limits on every call.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/connection/tcp.h"

namespace tuner {

struct LoopbackPair {
  UniqueFd client;
  UniqueFd server;
};

// The kernel chooses the port. The accepted peer is verified to be our own client; Refused: it is
// not. Reads and writes on both sockets end with EAGAIN after ten seconds without progress, or at
// the deadline if that is sooner. TimedOut: the deadline is past.
Result<LoopbackPair> loopback_pair(Deadline deadline);

}  // namespace tuner
