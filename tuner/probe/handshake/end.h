// One end of a TLS connection, worked by a thread of its own over a blocking socket. Traffic goes
// one way at a time, so two ends cannot wait for each other with full buffers.
#pragma once

#include "base/result.h"
#include "probe/handshake/loopback_pair.h"
#include "probe/handshake/openssl.h"
#include "probe/handshake/payload.h"

#include <cstdint>
#include <span>
#include <string>

namespace tuner {

class TlsEnd {
 public:
  // The socket stays the caller's. With ask_ktls the socket gets the "tls" ULP, which loads the tls
  // module where we have the right: ask only where it is loaded. Fault::Io: OpenSSL's words.
  static Result<TlsEnd> on(SSL_CTX* context, int socket, bool ask_ktls, Deadline deadline);

  Outcome accept();
  Outcome connect();

  // Small records first, then full ones.
  Outcome send(std::span<const std::uint8_t> payload);
  // As send(), but the second half goes from a file in memory by SSL_sendfile() if the kernel
  // encrypts (never sendfile(2): on a socket without kTLS that would go out in plain text).
  Outcome send_partly_by_sendfile(std::span<const std::uint8_t> payload);
  // Reads as many bytes and compares each. Fault::Io: where the first difference is.
  // received() counts what was right so far.
  Outcome receive(std::span<const std::uint8_t> expected);

  // close_notify out, then in. The one who ends first says so first.
  Outcome end_first();
  // The peer's close_notify in, with nothing before it, then ours out.
  Outcome end_second();

  std::uint64_t received() const { return received_; }
  bool ktls_send() const;  // OpenSSL's own word
  bool ktls_recv() const;
  std::string suite() const;
  const X509* peer_certificate() const;

 private:
  TlsEnd(Connection connection, Deadline deadline)
      : connection_(std::move(connection)), deadline_(deadline) {}
  // Is there time left? Also empties the error queue, which answer() reads.
  Outcome ready() const;
  Outcome answer(int returned, std::string_view doing) const;
  Outcome write(std::span<const std::uint8_t> record);
  Outcome send_file(int file, std::size_t offset, std::size_t size);

  Connection connection_;
  Deadline deadline_;
  std::uint64_t received_ = 0;
};

}  // namespace tuner
