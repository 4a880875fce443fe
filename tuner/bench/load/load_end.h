// One end of a measured connection, with TLS or without, on a blocking socket with a time limit or,
// after the handshake, on a non-blocking one.
#pragma once

#include "base/result.h"
#include "probe/evidence.h"
#include "probe/handshake/connection/context.h"
#include "probe/handshake/connection/openssl.h"
#include "probe/handshake/connection/socket_questions.h"

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
  // TLS over a BIO of the caller's own, of which this takes ownership. libssl gives the kernel no
  // keys of such a connection.
  static Result<LoadEnd> tls_over(SSL_CTX* context, BIO* bio, int socket);

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

  // The same on a non-blocking socket, at once. They do not wait and have no TimedOut.
  // false: not all could be sent. Call it again with the same bytes before anything else is sent.
  Result<bool> send_now(std::span<const std::uint8_t> bytes);
  // 0: nothing has arrived.
  Result<std::size_t> receive_now(std::span<std::uint8_t> into);

  // Sets TLS_TX_ZEROCOPY_RO, as OpenSSL 3.2 does with SSL_OP_ENABLE_KTLS_TX_ZEROCOPY_SENDFILE:
  // send_file() then need not copy the file, which must not change meanwhile. Call it behind the
  // handshake, if ktls_send(). Unsupported: the kernel does not know it (before 5.19).
  Outcome ask_zero_copy();

  bool ktls_send() const;  // OpenSSL's report; false without TLS
  bool ktls_recv() const;
  // Without diagnostics if `ask_ulp` is empty or has no answer.
  EndEvidence evidence(const AskUlp& ask_ulp) const;
  bool holds_bytes() const;  // OpenSSL has read bytes that receive() has not returned
  int socket() const { return socket_; }
  // certificate_fingerprint() of the other end's certificate; empty: it has none.
  std::string peer_fingerprint() const;

 private:
  LoadEnd(Connection connection, int socket)
      : connection_(std::move(connection)), socket_(socket) {}
  Outcome handshake(int (*begin)(SSL* ssl), std::string_view doing);

  Connection connection_;  // null: without TLS
  int socket_;
  std::size_t sent_ = 0;  // without TLS: what send_now() has sent of its bytes
};

}  // namespace tuner
