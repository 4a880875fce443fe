// The connecting end of a benchmark across the wire. It sends and decides what is measured, so that
// the NIC that is judged is that of this host. The other end is wire_receiver.h.
#pragma once

#include "bench/load/measure.h"
#include "bench/load/wire_options.h"

namespace tuner {

// Connects, agrees with the other end on the run, and then does as measure() of the same arguments;
// the other end gets each event, too. Refused: as of meet_listener(), or the other end refuses.
void measure_across_wire(const FileTree& files, const KernelTls& kernel,
                         const MeasureOptions& options, const WireLoad& wire, const Emit& emit);

}  // namespace tuner
