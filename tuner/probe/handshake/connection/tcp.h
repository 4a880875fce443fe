// TCP sockets with a time limit for every operation that may block. A lost peer causes no SIGPIPE.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/connection/frame.h"
#include "probe/host_port.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

using Deadline = std::chrono::steady_clock::time_point;

// Timeout for poll(): rounded up, 0 after the deadline, at most one minute.
int milliseconds_until(Deadline deadline);

// Makes reads and writes of a blocking socket end with EAGAIN after ten seconds without progress,
// or at the deadline if that is sooner. TimedOut: the deadline is past.
Outcome limit_time(int fd, Deadline deadline);
// Sets TCP_NODELAY: small records must not wait for acknowledgements.
Outcome set_nodelay(int fd);
Outcome make_blocking(int fd);

// A non-blocking listening socket, bound only to this address ([::] is IPv6 only).
Result<UniqueFd> listen_on(const HostPort& place);
// The addresses of a name or address. Reads the resolver's files and may query name servers.
// NotFound: there are none.
Result<std::vector<HostPort>> addresses_of(const HostPort& peer);
// A non-blocking socket connected to the first address that accepts, with at most 10 s per address.
// The error is that of the last address.
Result<UniqueFd> connect_to(const std::vector<HostPort>& addresses, Deadline deadline);

Result<HostPort> local_place(int fd);
Result<HostPort> peer_place(int fd);

// On a non-blocking socket. TimedOut; Io: the other end closed the connection.
Outcome send_all(int fd, std::string_view bytes, Deadline deadline);
// Some bytes, at least one and at most `most`. Errors as above.
Result<std::string> receive_some(int fd, std::size_t most, Deadline deadline);
// The next frame. Errors as above; Invalid: as FrameReader::take().
Result<Frame> receive_frame(int fd, std::size_t longest, Deadline deadline);

}  // namespace tuner
