// The probe across the wire. One end listens for a peer that knows the token, the other connects to
// it. For each version and cipher they make one connection and send several megabytes each way;
// each end reports what its own kernel and NIC did.
#pragma once

#include "host/host.h"
#include "probe/handshake/connection/kernel.h"
#include "probe/handshake/connection/tcp.h"
#include "probe/host_port.h"
#include "probe/report.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tuner {

struct WireOptions {
  HostPort place;                   // to listen on, or to connect to
  std::vector<HostPort> addresses;  // the resolved addresses of the place to connect to
  std::string token;
  std::vector<CellKey> cells;  // requested by the caller; the listener takes the caller's list
  std::uint64_t bytes_each_way = 4U << 20U;
  Deadline deadline;
  bool ask_ktls = true;
};

// Serves one peer on a socket of listen_on() and returns. Calls `listening` with the local address
// before the wait for a peer. Returns an error if no peer knew the token, or if OpenSSL or the
// network did not work at all. If the peer disconnects, the remaining cells fail.
Result<ProbeReport> probe_listening(const FileTree& files, const KernelTls& kernel,
                                    const WireOptions& options, UniqueFd socket,
                                    const std::function<void(const HostPort&)>& listening);

// The other end: connects to the first address that accepts. Errors and failed cells as above.
Result<ProbeReport> probe_calling(const FileTree& files, const KernelTls& kernel,
                                  const WireOptions& options);

}  // namespace tuner
