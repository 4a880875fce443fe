// TLS 1.3 for the control connection. The certificate is not verified. Instead both ends prove the
// token bound to this TLS session (binding()), which detects a relay with a session to each end.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/connection/context.h"
#include "probe/handshake/connection/frame.h"
#include "probe/handshake/connection/tcp.h"

#include <string>
#include <string_view>

namespace tuner {

class SecureStream {
 public:
  // Run one handshake on a non-blocking socket. TLS 1.3 only, without resumption and kernel TLS.
  // TimedOut; Io: OpenSSL's error.
  static Result<SecureStream> accept(UniqueFd socket, const Identity& identity, Deadline deadline);
  static Result<SecureStream> connect(UniqueFd socket, Deadline deadline);

  // The exported keying material of this TLS session, equal at both ends (RFC 8446, 7.5).
  Result<std::string> binding() const;

  // As send_all() and receive_frame() of tcp.h.
  Outcome send(std::string_view bytes, Deadline deadline);
  Result<Frame> receive(std::size_t longest, Deadline deadline);
  int socket() const { return socket_.get(); }

 private:
  SecureStream(UniqueFd socket, Connection connection)
      : socket_(std::move(socket)), connection_(std::move(connection)) {}
  static Result<SecureStream> start(const Result<SslContext>& context, UniqueFd socket);
  // Repeats the OpenSSL call until it succeeds; a write may have to wait for a read and the
  // reverse.
  template <typename Call>
  Result<std::size_t> complete(Call call, std::string_view doing, Deadline deadline);

  UniqueFd socket_;
  Connection connection_;
};

}  // namespace tuner
