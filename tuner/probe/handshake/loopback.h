// The loopback probe: for each version and cipher one connection to ourselves, several megabytes
// each way, and what three witnesses say about where its records were worked on.
#pragma once

#include "host/host.h"
#include "probe/handshake/kernel.h"
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
};

// TLS 1.2 and 1.3, each with AES-128-GCM, AES-256-GCM and CHACHA20-POLY1305.
std::vector<CellKey> usual_cells();

// One cell for each that was asked for, in that order, judged against no expectation. kTLS is asked
// for only where tls is loaded: asking sets a ULP, and that would load it. Cells that the time
// limit did not leave room for have failed and say so. An error means that OpenSSL did not work at
// all.
Result<ProbeReport> probe_loopback(const FileTree& files, const KernelSight& kernel,
                                   const LoopbackOptions& options);

}  // namespace tuner
