// The control connection once both ends have proved that they know the token, and that they are in
// one TLS session: whole messages, which nothing in between can read, change, repeat or drop.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/proof.h"
#include "probe/handshake/secure_stream.h"
#include "probe/handshake/tcp.h"

#include <string>
#include <string_view>

namespace tuner {

class Channel {
 public:
  explicit Channel(SecureStream stream) : stream_(std::move(stream)) {}

  Outcome send(std::string_view message, Deadline deadline);
  // Invalid: no message of ours; else as receive_frame().
  Result<std::string> receive(Deadline deadline);
  int socket() const { return stream_.socket(); }

 private:
  SecureStream stream_;
};

// The caller's side of the introduction, on a fresh connection. Refused: for one of the reasons of
// refusal.h, or because the listener does not know the token either.
Result<Nonces> introduce(int socket, std::string_view token, Deadline deadline);

struct Introduced {
  Channel channel;
  std::string ticket_key;
};
// TLS from there on, and the proofs that are bound to it: of the caller first. Refused: the other
// end is in another session, so something stands in between; the listener tells the caller.
Result<Introduced> bind_caller(UniqueFd socket, const Nonces& nonces, std::string_view token,
                               Deadline deadline);
Result<Introduced> bind_listener(UniqueFd socket, const Nonces& nonces, std::string_view token,
                                 const Identity& identity, Deadline deadline);

}  // namespace tuner
