// The loopback probe: for each version and cipher one connection within this process, several
// megabytes each way, and the evidence from three sources (evidence.h).
#pragma once

#include "host/host.h"
#include "probe/handshake/connection/kernel.h"
#include "probe/handshake/trials/packet_tap.h"
#include "probe/report.h"

#include <cstdint>
#include <vector>

namespace tuner {

struct LoopbackOptions {
  std::vector<CellKey> cells;
  std::uint64_t bytes_each_way = 4U << 20U;
  Deadline deadline;
  bool ask_ktls = true;
  bool own_namespace = false;
  bool key_updates = false;  // also the six KeyUpdate cases, after the cells
  // Not null: then the trials of the kernel without libssl. It outlives the call.
  Result<PacketTap>* kernel_trials = nullptr;
};

// TLS 1.2 and 1.3, each with AES-128-GCM, AES-256-GCM and CHACHA20-POLY1305.
std::vector<CellKey> usual_cells();

// One cell for each of options.cells, in that order, without a judgement. kTLS is requested only if
// tls is loaded: setting the ULP would load it. Cells after the deadline have failed with that
// reason. An error means that OpenSSL did not work at all.
Result<ProbeReport> probe_loopback(const FileTree& files, const KernelTls& kernel,
                                   const LoopbackOptions& options);

}  // namespace tuner
