// The listening end of a benchmark across the wire. It receives what the other end sends
// (wire_sender.h), and reports what the other end measured together with its own CPU time.
#pragma once

#include "bench/load/measure.h"
#include "bench/load/wire_options.h"

#include <functional>

namespace tuner {

// Serves one peer that knows the token, on a socket of listen_on(), and returns. options.total is
// the time to wait for it. Calls `listening` with the local address before the wait. Emits the
// start, and each event of the other end once it is checked; at the end a BenchDone or an Error.
// The other end may ask for no more than what was agreed on, and no message, part or connection is
// waited for without a time limit.
void receive_across_wire(const FileTree& files, const MeasureOptions& options, WireLoad wire,
                         const std::function<void(const HostPort&)>& listening, const Emit& emit);

}  // namespace tuner
