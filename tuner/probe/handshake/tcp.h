// TCP sockets with a time limit on everything that may take time, and no signal for a peer that is
// gone.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/frame.h"
#include "probe/host_port.h"

#include <chrono>
#include <string_view>
#include <vector>

namespace tuner {

using Deadline = std::chrono::steady_clock::time_point;

// For poll(): rounded up, 0 when the deadline is past, at most a minute.
int milliseconds_until(Deadline deadline);

// Reads and writes of a blocking socket end with EAGAIN after ten seconds without progress, or at
// the deadline if that is sooner. TimedOut: it is past.
Outcome limit_time(int fd, Deadline deadline);
// Small records must not wait for acknowledgements.
Outcome send_at_once(int fd);
Outcome make_blocking(int fd);

// Bound to this address alone ([::] is IPv6 alone) and listening; accept() does not wait.
Result<UniqueFd> listen_on(const HostPort& place);
// What a name or address stands for, as addresses. Reads the files of the resolver, and may ask
// name servers. NotFound: nothing.
Result<std::vector<HostPort>> addresses_of(const HostPort& peer);
// The first of these addresses that answers. The socket does not wait. TimedOut: none did.
Result<UniqueFd> connect_to(const std::vector<HostPort>& addresses, Deadline deadline);

Result<HostPort> local_place(int fd);
Result<HostPort> peer_place(int fd);

// On a socket that does not wait. TimedOut; Io: the other end is gone.
Outcome send_all(int fd, std::string_view bytes, Deadline deadline);
// The next frame. Invalid: what FrameReader says.
Result<Frame> receive_frame(int fd, std::size_t longest, Deadline deadline);

}  // namespace tuner
