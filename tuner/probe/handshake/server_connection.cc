#include "probe/handshake/server_connection.h"

#include "probe/handshake/connection/context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace tuner {
namespace {

using How = CallEnd::How;
using MemoryBio = Handle<BIO, BIO_free_all>;

// A name in a certificate is chosen by the server.
constexpr std::size_t kLongestName = 256;

bool is_address(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

// SNI has host names only (RFC 6066, 3).
bool name_server(SSL* ssl, const std::string& name) {
  if (is_address(name))
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  return SSL_set_tlsext_host_name(ssl, name.c_str()) == 1 && SSL_set1_host(ssl, name.c_str()) == 1;
}

// OpenSSL calls it for each message; the first byte of one of the handshake is its type.
void note_message(int written, int /*version*/, int type, const void* bytes, std::size_t size, SSL*,
                  void* argument) {
  if (written != 0 || size == 0) return;
  auto& messages = *static_cast<ServerMessages*>(argument);
  if (type == SSL3_RT_ALERT) messages.any = true;
  if (type != SSL3_RT_HANDSHAKE) return;
  messages.any = true;
  switch (*static_cast<const unsigned char*>(bytes)) {
    case SSL3_MT_SERVER_HELLO: messages.hello = true; break;
    case SSL3_MT_CERTIFICATE_REQUEST: messages.certificate_request = true; break;
    case SSL3_MT_KEY_UPDATE: ++messages.key_updates; break;
    default: break;
  }
}

// Keeps the server's certificate, which libssl drops when it refuses it.
int note_certificate(int accepted, X509_STORE_CTX* store) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& messages = *static_cast<ServerMessages*>(SSL_get_app_data(ssl));
  X509* const leaf = X509_STORE_CTX_get0_cert(store);
  if (!messages.certificate && leaf != nullptr && X509_up_ref(leaf) == 1)
    messages.certificate.reset(leaf);
  return accepted;
}

CallEnd timed_out() {
  return {.how = How::TimedOut, .words = "no complete answer within the time limit"};
}

// With control characters and bytes beyond ASCII as escapes (RFC 2253, 2.4).
std::string name_words(const X509_NAME* name) {
  const MemoryBio text(BIO_new(BIO_s_mem()));
  if (!text || X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  std::array<char, kLongestName> bytes{};
  const int size = BIO_read(text.get(), bytes.data(), bytes.size());
  return std::string(bytes.data(), static_cast<std::size_t>(std::max(size, 0)));
}

// The alerts by which a server answers an offer (RFC 8446, 6.2). Others are about a certificate, a
// name or the server itself.
bool is_refusal(int alert) {
  return alert == SSL_AD_HANDSHAKE_FAILURE || alert == SSL_AD_PROTOCOL_VERSION ||
         alert == SSL_AD_INSUFFICIENT_SECURITY;
}

// Errors by which libssl says that the server answered with a version that was not offered.
bool is_other_version(int reason) {
  return reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_SSL_VERSION;
}

}  // namespace

Result<ServerConnection> ServerConnection::on(UniqueFd socket, SSL_CTX* context,
                                              const std::string& name, bool ask_ktls) {
  Connection made(SSL_new(context));
  if (!made || !name_server(made.get(), name) || !attach_socket(made.get(), socket.get(), ask_ktls))
    return fail(openssl_error("create TLS for a socket"));
  ServerConnection connection(std::move(socket), std::move(made));
  SSL* const ssl = connection.connection_.get();
  SSL_set_app_data(ssl, connection.messages_.get());
  SSL_set_verify(ssl, SSL_get_verify_mode(ssl), note_certificate);
  SSL_set_msg_callback(ssl, note_message);
  SSL_set_msg_callback_arg(ssl, connection.messages_.get());
  return connection;
}

Outcome ServerConnection::announce_http() {
  // Each name of the list follows its length (RFC 7301, 3.1).
  constexpr std::array<unsigned char, 9> kHttp = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  // 0 is success, other than elsewhere in OpenSSL (SSL_CTX_set_alpn_protos(3)).
  if (SSL_set_alpn_protos(connection_.get(), kHttp.data(), kHttp.size()) == 0) return {};
  return fail(openssl_error("announce HTTP/1.1"));
}

CallEnd ServerConnection::end_of(int returned, int system_error) const {
  const int why = SSL_get_error(connection_.get(), returned);
  if (why == SSL_ERROR_ZERO_RETURN)
    return {.how = How::Announced, .words = "the server ended the connection"};
  const int reason = ERR_GET_REASON(ERR_peek_error());
  const bool gone = system_error == ECONNRESET || system_error == EPIPE || system_error == 0;
  if ((why == SSL_ERROR_SYSCALL && gone) || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
    return {.how = How::Closed, .words = "the server closed the connection without an alert"};
  if (why == SSL_ERROR_SYSCALL)
    return {.how = How::Failed, .words = errno_error(system_error, "the connection").text};
  // The reason of an alert that was received is its number plus this one.
  if (reason > SSL_AD_REASON_OFFSET)
    return {.how = How::Alert,
            .words = fmt::format("the server sent the alert '{}'",
                                 SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET)),
            .reason = reason - SSL_AD_REASON_OFFSET};
  return {.how = How::Failed, .words = openssl_error("OpenSSL").text, .reason = reason};
}

template <typename Call>
CallEnd ServerConnection::complete(Call call, Deadline deadline) {
  while (true) {
    ERR_clear_error();
    errno = 0;
    const int returned = call(connection_.get());
    if (returned > 0) return {.size = static_cast<std::size_t>(returned), .words = {}};
    const int system_error = errno;
    const int why = SSL_get_error(connection_.get(), returned);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
      return end_of(returned, system_error);
    // poll() never times out for a server that sends single bytes.
    if (std::chrono::steady_clock::now() >= deadline) return timed_out();
    pollfd ready{.fd = socket_.get(),
                 .events = static_cast<short>(why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT),
                 .revents = 0};
    if (::poll(&ready, 1, milliseconds_until(deadline)) < 0 && errno != EINTR)
      return {.how = How::Failed, .words = errno_error(errno, "wait for the server").text};
  }
}

HandshakeEnd ServerConnection::handshake(Deadline deadline) {
  const CallEnd end = complete(SSL_connect, deadline);
  HandshakeEnd result{.result = result_of(end), .because = end.words};
  if (result.result == OfferResult::NotTls)
    result.because = "what the server sent is no TLS (" + end.words + ")";
  if (result.result == OfferResult::NotOffered)
    result.because = "this OpenSSL does not offer it (" + end.words + ")";
  if (result.result == OfferResult::Untrusted && certificate())
    result.because = "its certificate is not trusted: " + certificate()->doubt;
  if (end.how == How::Alert && messages_->certificate_request)
    result.because += ", after it had asked for a client's certificate";
  return result;
}

CallEnd ServerConnection::read(std::span<char> buffer, Deadline deadline) {
  const auto call = [&](SSL* ssl) {
    return SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
  };
  return complete(call, deadline);
}

CallEnd ServerConnection::write(std::string_view bytes, Deadline deadline) {
  const auto call = [&](SSL* ssl) {
    return SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()));
  };
  return complete(call, deadline);
}

CallEnd ServerConnection::update_key(Deadline deadline) {
  ERR_clear_error();
  if (SSL_key_update(connection_.get(), SSL_KEY_UPDATE_REQUESTED) != 1)
    return {.how = How::Failed, .words = openssl_error("prepare a KeyUpdate").text};
  return complete(SSL_do_handshake, deadline);
}

// Data that arrives meanwhile is passed over, but not for ever.
CallEnd ServerConnection::close(Deadline deadline) {
  const auto call = [](SSL* ssl) {
    // 0: close_notify was sent, and the server's has not arrived yet (SSL_shutdown(3)).
    const int sent = SSL_shutdown(ssl);
    return sent == 0 ? 1 : sent;
  };
  if (CallEnd sent = complete(call, deadline); !sent.done()) return sent;
  std::array<char, 16384> buffer;
  while (true) {
    CallEnd end = read(buffer, deadline);
    if (!end.done()) return end;
    if (std::chrono::steady_clock::now() >= deadline) return timed_out();
  }
}

OfferResult ServerConnection::result_of(const CallEnd& handshake) const {
  switch (handshake.how) {
    case How::Done: return OfferResult::Accepted;
    case How::TimedOut: return OfferResult::TimedOut;
    case How::Announced:
    case How::Closed: return OfferResult::Closed;
    case How::Alert:
      return is_refusal(handshake.reason) && !messages_->hello ? OfferResult::Refused
                                                               : OfferResult::Closed;
    case How::Failed: break;
  }
  if (handshake.reason == SSL_R_CERTIFICATE_VERIFY_FAILED) return OfferResult::Untrusted;
  if (is_other_version(handshake.reason) && messages_->hello) return OfferResult::Refused;
  if (handshake.reason == SSL_R_NO_PROTOCOLS_AVAILABLE ||
      handshake.reason == SSL_R_NO_CIPHERS_AVAILABLE) {
    return OfferResult::NotOffered;
  }
  return messages_->any ? OfferResult::Failed : OfferResult::NotTls;
}

std::string ServerConnection::version() const {
  return SSL_get_version(connection_.get());
}

const SSL_CIPHER* ServerConnection::suite() const {
  const SSL_CIPHER* current = SSL_get_current_cipher(connection_.get());
  // In a handshake that is not complete the suite is still pending.
  return current != nullptr ? current : SSL_get_pending_cipher(connection_.get());
}

std::optional<ServerCertificate> ServerConnection::certificate() const {
  const X509* peer = messages_->certificate.get();
  if (peer == nullptr) return std::nullopt;
  const long verified = SSL_get_verify_result(connection_.get());
  return ServerCertificate{
      .subject = name_words(X509_get_subject_name(peer)),
      .issuer = name_words(X509_get_issuer_name(peer)),
      .sha256 = certificate_fingerprint(*peer),
      .doubt = verified == X509_V_OK ? std::string() : X509_verify_cert_error_string(verified)};
}

EndEvidence ServerConnection::evidence() const {
  return {.ktls_send = BIO_get_ktls_send(SSL_get_wbio(connection_.get())) != 0,
          .ktls_recv = BIO_get_ktls_recv(SSL_get_rbio(connection_.get())) != 0,
          .diagnostics = {}};
}

}  // namespace tuner
