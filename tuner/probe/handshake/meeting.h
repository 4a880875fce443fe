// How the two ends of a run across the wire meet: the control connection, and the connections that
// they agree on by tickets. The probe (wire.h) and the benchmark (bench/load/) speak over them.
#pragma once

#include "probe/handshake/acceptor.h"
#include "probe/handshake/channel.h"
#include "probe/handshake/connection/tcp.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// For the next message of the other end: at most 20 s from now.
Deadline message_deadline(Deadline deadline);

// ---- The listener

// Waits for a caller that knows the token and is in the same TLS session. TimedOut: there was none.
Result<ControlConnection> await_peer(Acceptor& acceptor, std::string_view token,
                                     const Identity& identity, Deadline deadline);
// Sends a new ticket and waits for the connection that presents it. The connection is blocking.
// Errors as of wait_for_ticket().
Result<UniqueFd> await_connection(Acceptor& acceptor, ControlConnection& control,
                                  Deadline deadline);

// ---- The caller

// Connects to the first address that accepts, and proves the token. Refused: as of
// authenticate_caller() and bind_caller(). Otherwise the errors of connect_to().
Result<ControlConnection> meet_listener(const std::vector<HostPort>& addresses,
                                        const std::string& token, Deadline deadline);
// Waits for the listener's ticket and makes the connection that presents it. It is blocking.
Result<UniqueFd> make_connection(ControlConnection& control, Deadline deadline);

}  // namespace tuner
