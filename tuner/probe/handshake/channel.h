// The control connection once both ends have proved that they know the token: whole messages,
// each with a digest over its number, so that nobody in between can change, repeat or drop one.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/proof.h"
#include "probe/handshake/tcp.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tuner {

class Channel {
 public:
  // The socket does not wait.
  static Channel of_caller(UniqueFd socket, const SessionKeys& keys) {
    return {std::move(socket), keys.from_caller, keys.from_listener};
  }
  static Channel of_listener(UniqueFd socket, const SessionKeys& keys) {
    return {std::move(socket), keys.from_listener, keys.from_caller};
  }

  Outcome send(std::string_view message, Deadline deadline);
  // Refused: it is not from the one who proved; else as receive_frame().
  Result<std::string> receive(Deadline deadline);
  int socket() const { return socket_.get(); }

 private:
  Channel(UniqueFd socket, std::string send_key, std::string receive_key)
      : socket_(std::move(socket)),
        send_key_(std::move(send_key)),
        receive_key_(std::move(receive_key)) {}

  UniqueFd socket_;
  std::string send_key_;
  std::string receive_key_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

// The caller's side of the introduction, on a fresh connection. Refused: in the listener's words,
// or because the listener does not know the token either.
struct Introduced {
  Channel channel;
  std::string ticket_key;
};
Result<Introduced> introduce(UniqueFd socket, std::string_view token, Deadline deadline);

}  // namespace tuner
