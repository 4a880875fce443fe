// What a cell is made of, on loopback and across the wire: failures, counters and explanations.
#pragma once

#include "host/host.h"
#include "probe/evidence.h"
#include "probe/handshake/kernel.h"
#include "probe/report.h"

#include <optional>

namespace tuner {

// What all cells of one run share.
struct CellSurroundings {
  const FileTree& files;
  const KernelSight& kernel;
  const LibraryFacts& library;
  Deadline deadline;
  bool ask_ktls = true;

  // Asking sets a ULP, and that would load tls.
  bool asks() const { return ask_ktls && kernel.tls_loaded; }
};

ProbeCell failed_cell(const CellKey& key, const Error& error);

// What moved; nothing: there is no tls_stat.
std::optional<TlsStatDelta> counted(const std::optional<TlsStat>& before,
                                    const std::optional<TlsStat>& after);

std::optional<UlpInfo> ulp_of(const EndEvidence& end);

// Of a connection that worked: where it went, whether the witnesses agree, and why not in the
// kernel.
void fill_in(ProbeCell& cell, const CellSurroundings& around, const Finding& finding);

}  // namespace tuner
