// One end of one cell across the wire: TLS over a connection that stands, and what its own host can
// tell of it.
#pragma once

#include "probe/handshake/cell.h"
#include "probe/handshake/conversation.h"

#include <string>

namespace tuner {

struct WireRun {
  CellSurroundings around;
  const Identity& identity;  // the listener's certificate; unused by the caller
  std::string fingerprint;   // that the caller must see; unused by the listener
  const Payloads& payloads;
};

enum class WireSide { Listener, Caller };

// The cell as this end sees it: tx and rx, counters, nics and driver_counters are its own, bytes
// are those that arrived here. A connection that fails is a cell that failed. The socket, connected
// and blocking, is closed on return.
ProbeCell probe_wire_end(const WireRun& run, const CellKey& key, WireSide side, UniqueFd socket);

// Both ends' views of a cell as one. `own` is what the cell is judged by.
ProbeCell join_ends(const ProbeCell& listener, const ProbeCell& caller, WireSide own);

}  // namespace tuner
