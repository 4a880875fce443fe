// The counters of this host's end of a connection to another host: those of the kernel, and those
// of the NICs through which it sends.
#pragma once

#include "probe/handshake/connection/cell.h"
#include "probe/own_evidence.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// The output interface of this end, and the NICs below it, whose statistics are read.
struct Egress {
  std::string interface;
  std::vector<std::string> nics;
};
Egress find_egress(const FileTree& files, int socket);

struct Counts {
  Result<TlsCounters> kernel;
  std::optional<DriverCounters> driver;  // sum over all NICs; nullopt: no NIC has statistics
  bool driver_unread = false;            // reading the statistics of a NIC failed
};
Counts count(const FileTree& files, const Egress& egress);

// Adds what the counters say to the cell, whose tx and rx are those of this end, and to the
// evidence.
void add_counts(ProbeCell& cell, OwnEvidence& evidence, const Egress& egress, const Counts& before,
                const Counts& after);

}  // namespace tuner
