// The helper's side of socket_answers.h.
#pragma once

#include "base/result.h"
#include "host/net/socket_port.h"

#include <functional>

namespace tuner {

// Returns the socket diagnostics of one of our connections.
using AskUlp = std::function<Result<SocketUlp>(int socket)>;

// Asks through the tuner. Call it in the probed network namespace, before privileges are given up.
// If `channel` is not connected to a tuner, the helper asks the kernel itself; then an answer
// without a ULP name (SocketUlp::name) is NotPermitted, because the ULP may be hidden.
AskUlp ulp_questions(int channel);

}  // namespace tuner
