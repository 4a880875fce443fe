// One end of a measured connection on a non-blocking socket, for a thread that has many of them and
// waits for them with epoll(7).
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "probe/evidence.h"
#include "probe/handshake/connection/openssl.h"
#include "probe/handshake/connection/socket_questions.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace tuner {

// What a call has come to. NeedsRead, NeedsWrite: the same call again once the socket is readable
// or writable.
enum class Progress { Done, NeedsRead, NeedsWrite };

class EventEnd {
 public:
  static EventEnd plain(UniqueFd socket);
  // The socket is connected. ask_ktls: as of attach_socket().
  static Result<EventEnd> tls(SSL_CTX* context, UniqueFd socket, bool serves, bool ask_ktls);

  // The handshake; without TLS nothing. Faults of all: Io, also if the peer ended the connection.
  Result<Progress> handshake();
  // The bytes behind the first `sent`, which grows.
  Result<Progress> send(std::span<const std::uint8_t> bytes, std::size_t& sent);
  // The same of this part of a file. As of LoadEnd::send_file(), never in plain text with TLS.
  Result<Progress> send_file(int file, std::size_t offset, std::size_t size, std::size_t& sent);
  // Done: at least one byte; their number.
  Result<Progress> receive(std::span<std::uint8_t> into, std::size_t& size);

  int socket() const { return socket_.get(); }
  bool ktls_send() const;  // OpenSSL's report; false without TLS
  bool ktls_recv() const;
  // `ask_ulp` may be empty.
  EndEvidence evidence(const AskUlp& ask_ulp) const;

 private:
  EventEnd(UniqueFd socket, Connection connection)
      : socket_(std::move(socket)), connection_(std::move(connection)) {}

  // Closed after the connection is freed.
  UniqueFd socket_;
  Connection connection_;  // null: without TLS
};

}  // namespace tuner
