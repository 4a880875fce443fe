// The control connection, after both ends have proved that they know the token and share one TLS
// session. It carries whole messages, protected by TLS.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/connection/tcp.h"
#include "probe/handshake/proof.h"
#include "probe/handshake/secure_stream.h"

#include <string>
#include <string_view>

namespace tuner {

class Channel {
 public:
  explicit Channel(SecureStream stream) : stream_(std::move(stream)) {}

  Outcome send(std::string_view message, Deadline deadline);
  // Invalid: not a message frame; otherwise as receive_frame().
  Result<std::string> receive(Deadline deadline);
  int socket() const { return stream_.socket(); }

 private:
  SecureStream stream_;
};

// The caller's side of the authentication before TLS, on a new connection. Refused: the listener
// refuses (refusal.h), or it does not know the token.
Result<Nonces> authenticate_caller(int socket, std::string_view token, Deadline deadline);

struct ControlConnection {
  Channel channel;
  std::string ticket_key;
};
// Starts TLS on the connection and exchanges proofs that are bound to the TLS session; the caller
// proves first. Refused: the other end is in another TLS session, so a relay is in between, or it
// has another token; the listener tells the caller.
Result<ControlConnection> bind_caller(UniqueFd socket, const Nonces& nonces, std::string_view token,
                                      Deadline deadline);
Result<ControlConnection> bind_listener(UniqueFd socket, const Nonces& nonces,
                                        std::string_view token, const Identity& identity,
                                        Deadline deadline);

}  // namespace tuner
