// Runs the probe helper and reads its answer. The helper is a program of its own so that the tuner
// need not load OpenSSL, and so that a hard time limit and a fresh network namespace leave nothing
// behind.
#pragma once

#include "base/result.h"
#include "probe/report.h"

#include <chrono>
#include <string>

namespace tuner {

struct ProbeRequest {
  std::chrono::seconds time_limit{60};
  // What the helper may take beyond its limit to write its report before it is killed.
  std::chrono::seconds grace{5};
  std::uint64_t bytes_each_way = 4U << 20U;  // payload of each cell and direction
};

// Real handshakes and transfers over loopback. Faults: NotFound (helper not installed), TimedOut,
// Internal. A cell that fails is a cell, not an error.
Result<ProbeReport> run_loopback_probe(const ProbeRequest& request);

struct WireRequest {
  std::string listen;                   // ADDRESS:PORT, or empty
  std::string connect;                  // HOST:PORT, if not
  std::string token;                    // handed to the helper over its stdin
  std::chrono::seconds time_limit{60};  // for all of it, waiting for the peer included
  std::chrono::seconds grace{5};
};

// Across the wire. Faults as above, and what the helper says of the network and of the peer:
// Refused (no common token), TimedOut (nobody came), NotFound, Io. The helper tells on stderr where
// it listens.
Result<ProbeReport> run_wire_probe(const WireRequest& request);

// Asks the helper what libssl is and can; touches neither network nor kernel TLS.
Result<LibraryFacts> ask_library();

}  // namespace tuner
