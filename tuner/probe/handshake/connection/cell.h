// Builds cells for loopback and wire probes: failures, counters and explanations.
#pragma once

#include "host/host.h"
#include "probe/evidence.h"
#include "probe/handshake/connection/kernel.h"
#include "probe/report.h"

#include <optional>

namespace tuner {

// The parts shared by all cells of one run.
struct CellContext {
  const FileTree& files;
  const KernelTls& kernel;
  const LibraryFacts& library;
  Deadline deadline;
  bool ask_ktls = true;

  // kTLS is requested only if tls is loaded: setting the ULP would load the module.
  bool asks() const { return ask_ktls && kernel.tls_loaded; }
};

ProbeCell failed_cell(const CellKey& key, const Error& error);

// The counters that moved. No tls_stat before counts as zero: tls was loaded in between. A failed
// read is an error, because the counters since boot would look like those of the probe.
Result<TlsStatDelta> counted(const Result<TlsCounters>& before, const Result<TlsCounters>& after);

// Fills in the counters of an Evidence or OwnEvidence, or why there are none.
template <typename Evidence>
void set_counters(Evidence& evidence, const Result<TlsStatDelta>& counters) {
  if (counters) {
    evidence.counters = *counters;
  } else if (!is_absent(counters.error())) {
    evidence.why_no_counters = counters.error().text;
  }
}

std::optional<UlpInfo> ulp_of(const EndEvidence& end);

// Fills in a cell whose connection worked: its paths, doubts and remarks, and why a direction is
// not in the kernel.
void fill_in(ProbeCell& cell, const CellContext& around, const Finding& finding);

}  // namespace tuner
