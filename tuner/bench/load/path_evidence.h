// The proof of the path that a measurement took.
#pragma once

#include "bench/load/workload.h"
#include "probe/evidence.h"
#include "probe/tls_stat.h"

#include <span>
#include <string>

namespace tuner {

// Reads the kernel's counters before the connections of a measurement, and judges after them. Both
// arguments must outlive it.
class PathWatch {
 public:
  PathWatch(const LoadRun& run, const LoadTurn& turn);

  // Of the end that the mode asks the kernel for, otherwise the sending end; the sending end is the
  // TLS server. Call it after the last byte. A mode without TLS has an empty one. Io: the kernel
  // counted an error for these connections.
  Result<BenchEvidence> evidence(const EndEvidence& sender, const EndEvidence& receiver) const;
  // Of several connections, at least one. If they differ the path is unknown.
  Result<BenchEvidence> evidence(std::span<const EndEvidence> senders,
                                 std::span<const EndEvidence> receivers) const;
  // Of so many that the two ends of one of them are asked, and the counters about the others.
  Result<BenchEvidence> evidence(const EndEvidence& sender, const EndEvidence& receiver,
                                 std::uint64_t connections) const;
  // Of a proxy: what it receives and what it sends.
  Result<BenchEvidence> evidence(const EndEvidence& sender, const ProxyEvidence& proxy,
                                 const EndEvidence& receiver) const;

 private:
  Result<Finding> find(const EndEvidence& server, const EndEvidence& client, TlsRole role,
                       const Result<TlsStatDelta>& counters) const;
  BenchEvidence made(const PathFinding& path, const EndEvidence& end, const std::string& remark,
                     const Result<TlsStatDelta>& counters) const;

  const LoadRun& run_;
  const LoadTurn& turn_;
  Result<TlsCounters> before_;
};

// Why a mode that asks for the kernel did not get it, or cannot get it. Empty: no reason is known.
// Moves the TLS counters if tls is loaded, so it is called after they were read.
std::string why_not_in_kernel(const LoadRun& run, const BenchVariant& variant, Deadline deadline);

}  // namespace tuner
