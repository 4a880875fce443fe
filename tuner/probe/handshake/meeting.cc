#include "probe/handshake/meeting.h"

#include "probe/handshake/wire_message.h"

#include <algorithm>
#include <optional>
#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Longer than the 10 s that a connection may stall (tcp.h): the other end may still be waiting for
// a connection that this end has given up.
constexpr std::chrono::seconds kMessageLimit{20};

// How long a caller reconnects to a listener that drops it: a flood may be keeping it busy.
constexpr std::chrono::seconds kReconnectTime{10};

// For the TLS handshake of the control connection and the proofs inside it.
constexpr std::chrono::seconds kHandshakeLimit{5};

Result<ControlConnection> authenticate(UniqueFd socket, const std::string& token,
                                       Deadline deadline) {
  const auto nonces = TRY(authenticate_caller(socket.get(), token, message_deadline(deadline)));
  return bind_caller(std::move(socket), nonces, token, message_deadline(deadline));
}

}  // namespace

Deadline message_deadline(Deadline deadline) {
  return std::min(deadline, SteadyClock::now() + kMessageLimit);
}

// A relay can forward the proofs before TLS, but not those bound to the TLS session. It must not
// end the wait for the real caller.
Result<ControlConnection> await_peer(Acceptor& acceptor, std::string_view token,
                                     const Identity& identity, Deadline deadline) {
  while (true) {
    auto caller = TRY(acceptor.wait_for_caller(deadline));
    const Deadline until = std::min(deadline, SteadyClock::now() + kHandshakeLimit);
    // As the caller's: an answer behind another one must not wait for its acknowledgement, which
    // is delayed by 40 ms.
    TRY(set_nodelay(caller.socket.get()));
    auto met = bind_listener(std::move(caller.socket), caller.nonces, token, identity, until);
    if (met) return met;
    acceptor.resume_waiting(met.error().text);
  }
}

// A new ticket for each connection, which only one connection can use.
Result<UniqueFd> await_connection(Acceptor& acceptor, ControlConnection& control,
                                  Deadline deadline) {
  const auto ticket = TRY(random_bytes(kTicketSize));
  TRY(control.channel.send(ready_message(ticket), message_deadline(deadline)));
  auto socket = TRY(acceptor.wait_for_ticket(stamped(control.ticket_key, ticket),
                                             control.channel.socket(), message_deadline(deadline)));
  TRY(make_blocking(socket.get()));
  TRY(set_nodelay(socket.get()));
  return socket;
}

// A flooded listener may drop a connection before it has read the hello (Io), so the caller
// retries; a refusal is final. If a retry times out, the earlier error is more useful than the
// timeout.
Result<ControlConnection> meet_listener(const std::vector<HostPort>& addresses,
                                        const std::string& token, Deadline deadline) {
  const Deadline retry_until = std::min(deadline, SteadyClock::now() + kReconnectTime);
  std::optional<Error> dropped;
  while (true) {
    auto socket = connect_to(addresses, deadline);
    if (!socket) return fail(dropped.value_or(socket.error()));
    TRY(set_nodelay(socket->get()));
    auto met = authenticate(std::move(*socket), token, deadline);
    if (met) return met;
    if (met.error().fault == Fault::TimedOut) return fail(dropped.value_or(met.error()));
    if (met.error().fault != Fault::Io || SteadyClock::now() > retry_until) return met;
    dropped = met.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

// The address of the control connection: resolving the name again could give another host.
Result<UniqueFd> make_connection(ControlConnection& control, Deadline deadline) {
  const auto message = TRY(control.channel.receive(message_deadline(deadline)));
  const auto ticket = TRY(read_ready(message));
  const auto place = TRY(peer_place(control.channel.socket()));
  auto socket = TRY(connect_to({place}, deadline));
  TRY(set_nodelay(socket.get()));
  const auto frame = encode_frame({FrameKind::Ticket, stamped(control.ticket_key, ticket)});
  TRY(send_all(socket.get(), frame, message_deadline(deadline)));
  TRY(make_blocking(socket.get()));
  return socket;
}

}  // namespace tuner
