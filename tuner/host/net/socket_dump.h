// Dumps the TCP sockets of a network namespace through socket diagnostics.
//
// A dump makes the kernel load inet_diag and tcp_diag if they are modules; sock_diag does so for
// any user.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/net/socket_messages.h"

#include <chrono>
#include <cstdint>

namespace tuner {

// A socket of NETLINK_SOCK_DIAG in the network namespace of this thread. It stays in that
// namespace.
Result<UniqueFd> open_diagnostics();

// Calls `each` for each TCP socket of the family in these states (kListening, kCarryingData), one
// receive buffer after the other. True: sockets changed meanwhile (NLM_F_DUMP_INTR), so some may be
// missing or double. After an error, what `each` was given is incomplete, and the socket must not
// be used again. Unsupported: the kernel has no tcp_diag. TimedOut: not complete at `until`.
Result<bool> dump_sockets(int diagnostics, std::uint8_t family, std::uint32_t states,
                          std::chrono::steady_clock::time_point until, const SocketSink& each);

}  // namespace tuner
