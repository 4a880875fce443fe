// The probe across the wire: one end waits for a peer that knows the token, the other calls it, and
// for each version and cipher there is one connection, several megabytes each way, of which each
// end tells what its own kernel and NIC made.
#pragma once

#include "host/host.h"
#include "probe/handshake/kernel.h"
#include "probe/handshake/tcp.h"
#include "probe/host_port.h"
#include "probe/report.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tuner {

struct WireOptions {
  HostPort place;                   // to listen at, or to call
  std::vector<HostPort> addresses;  // of the place to call, without names
  std::string token;
  std::vector<CellKey> cells;  // that the caller asks for; the listener takes what is asked
  std::uint64_t bytes_each_way = 4U << 20U;
  Deadline deadline;
  bool ask_ktls = true;
};

// Serves one peer on a socket of listen_on() and ends. `listening` is told where, before a peer is
// waited for. An error: no peer came who knows the token, or OpenSSL or the network did not work at
// all. A peer that goes away leaves cells that failed.
Result<ProbeReport> probe_listening(const FileTree& files, const KernelSight& kernel,
                                    const WireOptions& options, UniqueFd socket,
                                    const std::function<void(const HostPort&)>& listening);

// Likewise, from the other end, which calls the first address that answers.
Result<ProbeReport> probe_calling(const FileTree& files, const KernelSight& kernel,
                                  const WireOptions& options);

}  // namespace tuner
