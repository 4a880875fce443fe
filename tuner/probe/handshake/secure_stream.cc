#include "probe/handshake/secure_stream.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

constexpr std::string_view kLabel = "EXPORTER-ktls-tuner-probe";
constexpr std::size_t kBindingSize = 32;
constexpr std::size_t kRecord = 16384;

tl::unexpected<Error> timed_out(std::string_view doing) {
  return fail(Fault::TimedOut, fmt::format("{}: no answer within the time limit", doing));
}

// An interrupted poll() is no error: complete() checks the deadline itself.
Outcome await(int fd, short events, std::string_view doing, Deadline deadline) {
  pollfd ready{.fd = fd, .events = events, .revents = 0};
  if (::poll(&ready, 1, milliseconds_until(deadline)) < 0 && errno != EINTR) {
    return fail(errno_error(errno, doing));
  }
  return {};
}

// Without tickets and resumption, so each control connection has an exporter of its own. Kernel TLS
// is off: the probe must not count its own control connection.
Result<SslContext> tls13_context(const SSL_METHOD* method) {
  SslContext made(SSL_CTX_new(method));
  if (!made || SSL_CTX_set_min_proto_version(made.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_max_proto_version(made.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_num_tickets(made.get(), 0) != 1) {
    return fail(openssl_error("make a TLS context for the control connection"));
  }
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_NONE, nullptr);  // openssl.cnf may set another mode
  SSL_CTX_clear_options(made.get(), SSL_OP_ENABLE_KTLS);
  SSL_CTX_set_mode(made.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return made;
}

Result<SslContext> listener_context(const Identity& identity) {
  auto made = tls13_context(TLS_server_method());
  if (!made) return made;
  if (SSL_CTX_use_certificate(made->get(), identity.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(made->get(), identity.key.get()) != 1) {
    return fail(openssl_error("use the probe's certificate"));
  }
  return made;
}

}  // namespace

template <typename Call>
Result<std::size_t> SecureStream::complete(Call call, std::string_view doing, Deadline deadline) {
  while (true) {
    ERR_clear_error();
    errno = 0;
    const int returned = call(connection_.get());
    if (returned > 0) return static_cast<std::size_t>(returned);
    const int system_error = errno;
    const int why = SSL_get_error(connection_.get(), returned);
    // SSL_ERROR_SYSCALL without an errno: the peer closed the connection without close_notify.
    if (why == SSL_ERROR_ZERO_RETURN || (why == SSL_ERROR_SYSCALL && system_error == 0)) {
      return fail(Fault::Io, "the other end closed the connection");
    }
    if (why == SSL_ERROR_SYSCALL) return fail(errno_error(system_error, doing));
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
      const auto reason = ERR_GET_REASON(ERR_peek_error());
      if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return fail(Fault::Io, "the other end closed the connection");
      }
      return fail(openssl_error(doing));
    }
    // poll() never times out for a peer that sends single bytes.
    if (std::chrono::steady_clock::now() >= deadline) return timed_out(doing);
    const auto events = static_cast<short>(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);
    if (auto waited = await(socket(), events, doing, deadline); !waited) {
      return fail(waited.error());
    }
  }
}

// Uses BIO_new_socket() because SSL_set_fd() would try to set the "tls" ULP on the socket
// (ssl_lib.c).
Result<SecureStream> SecureStream::start(const Result<SslContext>& context, UniqueFd socket) {
  if (!context) return fail(context.error());
  Connection connection(SSL_new(context->get()));
  BIO* bio = connection ? BIO_new_socket(socket.get(), BIO_NOCLOSE) : nullptr;
  if (bio == nullptr) return fail(openssl_error("create TLS for the control connection"));
  SSL_set_bio(connection.get(), bio, bio);
  return SecureStream(std::move(socket), std::move(connection));
}

Result<SecureStream> SecureStream::accept(UniqueFd socket, const Identity& identity,
                                          Deadline deadline) {
  auto stream = start(listener_context(identity), std::move(socket));
  if (!stream) return stream;
  TRY(stream->complete(SSL_accept, "handshake of the control connection", deadline));
  return stream;
}

Result<SecureStream> SecureStream::connect(UniqueFd socket, Deadline deadline) {
  auto stream = start(tls13_context(TLS_client_method()), std::move(socket));
  if (!stream) return stream;
  TRY(stream->complete(SSL_connect, "handshake of the control connection", deadline));
  return stream;
}

// TLS 1.3 only: the exporter of TLS 1.2 depends on the whole handshake only with the extended
// master secret (RFC 7627).
Result<std::string> SecureStream::binding() const {
  std::string bytes(kBindingSize, '\0');
  if (SSL_version(connection_.get()) != TLS1_3_VERSION ||
      SSL_export_keying_material(connection_.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                 bytes.size(), kLabel.data(), kLabel.size(), nullptr, 0, 0) != 1) {
    return fail(openssl_error("bind the proof to the TLS session"));
  }
  return bytes;
}

Outcome SecureStream::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const int size = static_cast<int>(std::min(bytes.size(), kRecord));
    const auto sent = complete([&](SSL* ssl) { return SSL_write(ssl, bytes.data(), size); },
                               "send to the other end", deadline);
    if (!sent) return fail(sent.error());
    bytes.remove_prefix(*sent);
  }
  return {};
}

Result<Frame> SecureStream::receive(std::size_t longest, Deadline deadline) {
  FrameReader reader(longest);
  std::string buffer;
  while (true) {
    buffer.resize(std::min(reader.wanted(), kRecord));
    const auto size = complete(
        [&](SSL* ssl) { return SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size())); },
        "wait for the other end", deadline);
    if (!size) return fail(size.error());
    auto frame = TRY(reader.take(std::string_view(buffer).substr(0, *size)));
    if (frame) return std::move(*frame);
    if (std::chrono::steady_clock::now() >= deadline) return timed_out("wait for the other end");
  }
}

}  // namespace tuner
