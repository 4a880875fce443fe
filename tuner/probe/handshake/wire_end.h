// One end of a cell across the wire: runs TLS over an established connection and collects the
// evidence of this host.
#pragma once

#include "probe/handshake/connection/cell.h"
#include "probe/handshake/connection/conversation.h"

#include <string>

namespace tuner {

struct WireRun {
  CellContext around;
  const Identity& identity;  // the listener's certificate; unused by the caller
  std::string fingerprint;   // of the certificate that the caller expects; unused by the listener
  const Payloads& payloads;
};

enum class WireSide { Listener, Caller };

// The cell as seen by this end: tx and rx, counters, nics and driver_counters are those of this
// host, bytes are those received here. If the connection fails, the cell has failed. `socket` is
// connected and blocking; it is closed on return.
ProbeCell probe_wire_end(const WireRun& run, const CellKey& key, WireSide side, UniqueFd socket);

// Joins the views of both ends. `own` is this host's end: `possible` and `because` are about it.
ProbeCell join_ends(const ProbeCell& listener, const ProbeCell& caller, WireSide own);

}  // namespace tuner
