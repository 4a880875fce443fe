// One end of a TLS connection on a blocking socket. Both ends run at the same time, in two threads
// or on two hosts. Data flows in one direction at a time, so they cannot block each other with full
// buffers.
#pragma once

#include "base/result.h"
#include "probe/handshake/connection/loopback_pair.h"
#include "probe/handshake/connection/openssl.h"
#include "probe/handshake/connection/payload.h"

#include <cstdint>
#include <span>
#include <string>

namespace tuner {

class TlsEnd {
 public:
  // The caller keeps ownership of the socket. ask_ktls sets the "tls" ULP on the socket, which
  // loads the tls module if this process may: set it only if tls is loaded. Fault::Io: OpenSSL's
  // error.
  static Result<TlsEnd> on(SSL_CTX* context, int socket, bool ask_ktls, Deadline deadline);

  Outcome accept();
  Outcome connect();

  // Small records first, then full ones.
  Outcome send(std::span<const std::uint8_t> payload);
  // As send(), but if the kernel encrypts, the second half is sent from a memory file with
  // SSL_sendfile(). Never with sendfile(2): on a socket without kTLS that sends plain text.
  Outcome send_partly_by_sendfile(std::span<const std::uint8_t> payload);
  // Reads as many bytes and compares them. Fault::Io: the text has the offset of the first
  // difference. received() counts the bytes that were right so far.
  Outcome receive(std::span<const std::uint8_t> expected);

  // Sends a KeyUpdate (RFC 8446, 4.6.3); all that is sent afterwards has a new key. `requested`:
  // the peer must answer with its own.
  Outcome update_key(bool requested);

  // Sends close_notify and waits for the peer's. For the end that closes first.
  Outcome close_first();
  // Waits for the peer's close_notify, with no data before it, and sends ours.
  Outcome close_second();

  std::uint64_t received() const { return received_; }
  bool ktls_send() const;  // OpenSSL's report
  bool ktls_recv() const;
  std::string suite() const;
  const X509* peer_certificate() const;

 private:
  TlsEnd(Connection connection, Deadline deadline)
      : connection_(std::move(connection)), deadline_(deadline) {}
  // TimedOut: the deadline is past. Also empties the error queue, which answer() reads.
  Outcome ready() const;
  Outcome answer(int returned, std::string_view doing) const;
  Outcome write(std::span<const std::uint8_t> record);
  Outcome send_file(int file, std::size_t offset, std::size_t size);

  Connection connection_;
  Deadline deadline_;
  std::uint64_t received_ = 0;
};

}  // namespace tuner
