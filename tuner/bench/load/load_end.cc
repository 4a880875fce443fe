#include "bench/load/load_end.h"

#include <openssl/err.h>

#include <linux/tls.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

namespace tuner {
namespace {

// EAGAIN on a blocking socket: its time limit (SO_SNDTIMEO, SO_RCVTIMEO) is over.
tl::unexpected<Error> failed(std::string_view doing) {
  if (errno == EAGAIN) return no_progress(doing);
  return fail(errno_error(errno, doing));
}

// A call on a non-blocking socket that would have waited.
bool is_later(const SSL* ssl, int returned) {
  const int why = SSL_get_error(ssl, returned);
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

}  // namespace

LoadEnd LoadEnd::plain(int socket) {
  return {Connection(), socket};
}

Result<LoadEnd> LoadEnd::tls(SSL_CTX* context, int socket, bool ask_ktls) {
  Connection connection(SSL_new(context));
  if (!connection || !attach_socket(connection.get(), socket, ask_ktls))
    return fail(openssl_error("create TLS for a socket"));
  return LoadEnd(std::move(connection), socket);
}

Result<LoadEnd> LoadEnd::tls_over(SSL_CTX* context, BIO* bio, int socket) {
  Connection connection(SSL_new(context));
  if (!connection || bio == nullptr) {
    // Ownership was taken with the call, whether it succeeds or not.
    BIO_free(bio);
    return fail(openssl_error("create TLS for a socket"));
  }
  // The same BIO for both directions takes one reference (SSL_set_bio(3)).
  SSL_set_bio(connection.get(), bio, bio);
  return LoadEnd(std::move(connection), socket);
}

Outcome LoadEnd::handshake(int (*begin)(SSL* ssl), std::string_view doing) {
  if (!connection_) return {};
  // SSL_get_error() takes what an older call left in the thread's queue of errors for this one's.
  ERR_clear_error();
  return ssl_outcome(connection_.get(), begin(connection_.get()), doing);
}

Outcome LoadEnd::accept() {
  return handshake(SSL_accept, "server handshake");
}

Outcome LoadEnd::connect() {
  return handshake(SSL_connect, "client handshake");
}

// SSL_write() writes all or nothing without SSL_MODE_ENABLE_PARTIAL_WRITE.
Outcome LoadEnd::send(std::span<const std::uint8_t> bytes) {
  if (connection_) {
    ERR_clear_error();
    const int sent = SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size()));
    return ssl_outcome(connection_.get(), sent, "SSL_write");
  }
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return failed("send");
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

Outcome LoadEnd::send_file(int file, std::size_t offset, std::size_t size) {
  while (size > 0) {
    ssize_t sent = 0;
    if (connection_) {
      ERR_clear_error();
      sent = SSL_sendfile(connection_.get(), file, static_cast<off_t>(offset), size, 0);
      if (sent <= 0) return ssl_outcome(connection_.get(), static_cast<int>(sent), "SSL_sendfile");
    } else {
      auto from = static_cast<off_t>(offset);
      sent = ::sendfile(socket_, file, &from, size);
      if (sent < 0) return failed("sendfile");
      if (sent == 0) return fail(Fault::Io, "sendfile: the file has ended");
    }
    // Both calls may send a part only: SSL_sendfile() goes on where the caller says.
    offset += static_cast<std::size_t>(sent);
    size -= static_cast<std::size_t>(sent);
  }
  return {};
}

Result<std::size_t> LoadEnd::receive(std::span<std::uint8_t> into) {
  if (connection_) {
    ERR_clear_error();
    const int size = SSL_read(connection_.get(), into.data(), static_cast<int>(into.size()));
    TRY(ssl_outcome(connection_.get(), size, "SSL_read"));
    return static_cast<std::size_t>(size);
  }
  const ssize_t size = ::recv(socket_, into.data(), into.size(), 0);
  if (size < 0) return failed("receive");
  if (size == 0) return fail(Fault::Io, "receive: the peer ended the connection");
  return static_cast<std::size_t>(size);
}

// With TLS, what was encrypted and not sent stays with OpenSSL, which knows the bytes of the next
// call.
Result<bool> LoadEnd::send_now(std::span<const std::uint8_t> bytes) {
  if (connection_) {
    ERR_clear_error();
    const int sent = SSL_write(connection_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (sent <= 0 && is_later(connection_.get(), sent)) return false;
    TRY(ssl_outcome(connection_.get(), sent, "SSL_write"));
    return true;
  }
  const auto rest = bytes.subspan(sent_);
  const ssize_t sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return false;
  if (sent < 0) return failed("send");
  sent_ += static_cast<std::size_t>(sent);
  if (sent_ < bytes.size()) return false;
  sent_ = 0;
  return true;
}

Result<std::size_t> LoadEnd::receive_now(std::span<std::uint8_t> into) {
  if (connection_) {
    ERR_clear_error();
    const int size = SSL_read(connection_.get(), into.data(), static_cast<int>(into.size()));
    if (size <= 0 && is_later(connection_.get(), size)) return std::size_t{0};
    TRY(ssl_outcome(connection_.get(), size, "SSL_read"));
    return static_cast<std::size_t>(size);
  }
  const ssize_t size = ::recv(socket_, into.data(), into.size(), 0);
  if (size < 0 && errno == EAGAIN) return std::size_t{0};
  if (size < 0) return failed("receive");
  if (size == 0) return fail(Fault::Io, "receive: the peer ended the connection");
  return static_cast<std::size_t>(size);
}

Outcome LoadEnd::ask_zero_copy() {
  const int on = 1;
  if (::setsockopt(socket_, SOL_TLS, TLS_TX_ZEROCOPY_RO, &on, sizeof on) == 0) return {};
  if (errno == ENOPROTOOPT)
    return fail(Fault::Unsupported, "this kernel has no TLS_TX_ZEROCOPY_RO (Linux 5.19 has)");
  return fail(errno_error(errno, "set TLS_TX_ZEROCOPY_RO"));
}

bool LoadEnd::holds_bytes() const {
  return connection_ && SSL_has_pending(connection_.get()) == 1;
}

bool LoadEnd::ktls_send() const {
  return connection_ && BIO_get_ktls_send(SSL_get_wbio(connection_.get()));
}

bool LoadEnd::ktls_recv() const {
  return connection_ && BIO_get_ktls_recv(SSL_get_rbio(connection_.get()));
}

EndEvidence LoadEnd::evidence(const AskUlp& ask_ulp) const {
  EndEvidence evidence{.ktls_send = ktls_send(), .ktls_recv = ktls_recv()};
  if (!ask_ulp) return evidence;
  if (auto answer = ask_ulp(socket_)) evidence.diagnostics = *answer;
  return evidence;
}

std::string LoadEnd::peer_fingerprint() const {
  const X509* const peer = connection_ ? SSL_get0_peer_certificate(connection_.get()) : nullptr;
  return peer == nullptr ? "" : certificate_fingerprint(*peer);
}

}  // namespace tuner
