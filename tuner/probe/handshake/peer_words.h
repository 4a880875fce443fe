// What may stand in the other end's view of a cell. Its words reach a report and a terminal, so
// each is held against a list, or against what a name of its kind can be. Pure.
#pragma once

#include "base/result.h"
#include "probe/handshake/context.h"
#include "probe/report.h"

namespace tuner {

// Our own sentences as they are sent: on one line, within the length that is taken.
ProbeCell sendable(ProbeCell cell);

// Invalid, with the key that is wrong and not with what stands there: another cell than `asked`, a
// suite, protocol or counter that there is not, a name that no interface or statistic has, a
// sentence with hidden characters or without end.
Outcome check_peer_cell(const ProbeCell& cell, const CellKey& asked);

}  // namespace tuner
