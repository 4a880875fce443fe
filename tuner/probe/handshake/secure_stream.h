// TLS 1.3 under the control connection. Its certificate proves nothing: what both ends prove with
// the token is bound to this session (binding()), so that a relay with a session to each end is
// seen.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/handshake/context.h"
#include "probe/handshake/frame.h"
#include "probe/handshake/tcp.h"

#include <string>
#include <string_view>

namespace tuner {

class SecureStream {
 public:
  // Both on a socket that does not wait, for one handshake. No other version, no resumption, no
  // kernel TLS. TimedOut; Io: OpenSSL's words.
  static Result<SecureStream> accept(UniqueFd socket, const Identity& identity, Deadline deadline);
  static Result<SecureStream> connect(UniqueFd socket, Deadline deadline);

  // Of this session alone, the same at both ends (RFC 8446, 7.5).
  Result<std::string> binding() const;

  // As send_all() and receive_frame() of tcp.h.
  Outcome send(std::string_view bytes, Deadline deadline);
  Result<Frame> receive(std::size_t longest, Deadline deadline);
  int socket() const { return socket_.get(); }

 private:
  SecureStream(UniqueFd socket, Connection connection)
      : socket_(std::move(socket)), connection_(std::move(connection)) {}
  static Result<SecureStream> start(const Result<SslContext>& context, UniqueFd socket);
  // Until the call of OpenSSL has succeeded, which may have to read for a write and the reverse.
  template <typename Call>
  Result<std::size_t> complete(Call call, std::string_view doing, Deadline deadline);

  UniqueFd socket_;
  Connection connection_;
};

}  // namespace tuner
