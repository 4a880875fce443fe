// One end of a measured connection, with TLS or without, on a blocking socket with a time limit.
#pragma once

#include "base/result.h"
#include "probe/handshake/context.h"
#include "probe/handshake/openssl.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace tuner {

class LoadEnd {
 public:
  // The caller keeps ownership of the socket, which outlives this.
  static LoadEnd plain(int socket);
  // ask_ktls: as of attach_socket().
  static Result<LoadEnd> tls(SSL_CTX* context, int socket, bool ask_ktls);

  // The handshake; without TLS nothing.
  Outcome accept();
  Outcome connect();

  // All bytes. Faults of all three: Io, TimedOut (no progress for ten seconds).
  Outcome send(std::span<const std::uint8_t> bytes);
  // This part of a file, by sendfile(2) or SSL_sendfile(). Never sendfile(2) with TLS: on a socket
  // without kernel TLS it sends plain text.
  Outcome send_file(int file, std::size_t offset, std::size_t size);
  // At least one byte.
  Result<std::size_t> receive(std::span<std::uint8_t> into);

  bool ktls_send() const;  // OpenSSL's report; false without TLS
  bool ktls_recv() const;
  // certificate_fingerprint() of the other end's certificate; empty: it has none.
  std::string peer_fingerprint() const;

 private:
  LoadEnd(Connection connection, int socket)
      : connection_(std::move(connection)), socket_(socket) {}
  Outcome handshake(int (*begin)(SSL* ssl), std::string_view doing);

  Connection connection_;  // null: without TLS
  int socket_;
};

}  // namespace tuner
