#include "bench/load/event_end.h"

#include <openssl/err.h>

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

namespace tuner {
namespace {

// errno is that of the call, which ssl_outcome() needs, too.
Result<Progress> progress_of(const SSL* ssl, int returned, std::string_view doing) {
  if (returned > 0) return Progress::Done;
  const int error = errno;
  const int why = SSL_get_error(ssl, returned);
  if (why == SSL_ERROR_WANT_READ) return Progress::NeedsRead;
  if (why == SSL_ERROR_WANT_WRITE) return Progress::NeedsWrite;
  errno = error;
  TRY(ssl_outcome(ssl, returned, doing));
  return Progress::Done;
}

Result<Progress> blocked(Progress needs, std::string_view doing) {
  if (errno == EAGAIN) return needs;
  return fail(errno_error(errno, doing));
}

}  // namespace

EventEnd EventEnd::plain(UniqueFd socket) {
  return {std::move(socket), Connection()};
}

Result<EventEnd> EventEnd::tls(SSL_CTX* context, UniqueFd socket, bool serves, bool ask_ktls) {
  Connection connection(SSL_new(context));
  if (!connection || !attach_socket(connection.get(), socket.get(), ask_ktls))
    return fail(openssl_error("create TLS for a socket"));
  if (serves) {
    SSL_set_accept_state(connection.get());
  } else {
    SSL_set_connect_state(connection.get());
  }
  return EventEnd(std::move(socket), std::move(connection));
}

Result<Progress> EventEnd::handshake() {
  if (!connection_) return Progress::Done;
  // SSL_get_error() looks at the thread's queue of errors, too: what an older call left there would
  // be this one's (SSL_get_error(3)).
  ERR_clear_error();
  return progress_of(connection_.get(), SSL_do_handshake(connection_.get()), "handshake");
}

// SSL_write() takes all or nothing without SSL_MODE_ENABLE_PARTIAL_WRITE.
Result<Progress> EventEnd::send(std::span<const std::uint8_t> bytes, std::size_t& sent) {
  if (connection_) {
    ERR_clear_error();
    const int size = static_cast<int>(bytes.size());
    auto done = progress_of(connection_.get(), SSL_write(connection_.get(), bytes.data(), size),
                            "SSL_write");
    if (done && *done == Progress::Done) sent = bytes.size();
    return done;
  }
  while (sent < bytes.size()) {
    const auto rest = bytes.subspan(sent);
    const ssize_t size = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size < 0) return blocked(Progress::NeedsWrite, "send");
    sent += static_cast<std::size_t>(size);
  }
  return Progress::Done;
}

Result<Progress> EventEnd::send_file(int file, std::size_t offset, std::size_t size,
                                     std::size_t& sent) {
  while (sent < size) {
    auto from = static_cast<off_t>(offset + sent);
    ssize_t moved = 0;
    if (connection_) {
      ERR_clear_error();
      moved = SSL_sendfile(connection_.get(), file, from, size - sent, 0);
      if (moved <= 0)
        return progress_of(connection_.get(), static_cast<int>(moved), "SSL_sendfile");
    } else {
      moved = ::sendfile(socket_.get(), file, &from, size - sent);
      if (moved < 0) return blocked(Progress::NeedsWrite, "sendfile");
      if (moved == 0) return fail(Fault::Io, "sendfile: the file has ended");
    }
    sent += static_cast<std::size_t>(moved);
  }
  return Progress::Done;
}

Result<Progress> EventEnd::receive(std::span<std::uint8_t> into, std::size_t& size) {
  if (connection_) {
    ERR_clear_error();
    const int got = SSL_read(connection_.get(), into.data(), static_cast<int>(into.size()));
    if (got > 0) size = static_cast<std::size_t>(got);
    return progress_of(connection_.get(), got, "SSL_read");
  }
  const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
  if (got < 0) return blocked(Progress::NeedsRead, "receive");
  if (got == 0) return fail(Fault::Io, "receive: the peer ended the connection");
  size = static_cast<std::size_t>(got);
  return Progress::Done;
}

bool EventEnd::ktls_send() const {
  return connection_ && BIO_get_ktls_send(SSL_get_wbio(connection_.get()));
}

bool EventEnd::ktls_recv() const {
  return connection_ && BIO_get_ktls_recv(SSL_get_rbio(connection_.get()));
}

EndEvidence EventEnd::evidence(const AskUlp& ask_ulp) const {
  EndEvidence evidence{.ktls_send = ktls_send(), .ktls_recv = ktls_recv(), .diagnostics = {}};
  if (!ask_ulp) return evidence;
  if (auto answer = ask_ulp(socket_.get())) evidence.diagnostics = *answer;
  return evidence;
}

}  // namespace tuner
