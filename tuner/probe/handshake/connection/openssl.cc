#include "probe/handshake/connection/openssl.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <cerrno>

namespace tuner {

Error openssl_error(std::string_view doing) {
  std::string text(doing);
  const char* separator = ": ";
  // The oldest first: the cause, then what followed from it (ERR_get_error(3)).
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    text += separator;
    text += reason != nullptr ? reason : "error " + std::to_string(code);
    separator = ", ";
  }
  return Error{.fault = Fault::Io, .text = std::move(text), .hint = {}};
}

bool attach_socket(SSL* ssl, int socket, bool ask_ktls) {
  // SSL_set_fd() sets the ULP whether or not kTLS is requested (ssl_lib.c), and so may load the
  // module. A BIO from BIO_new_socket() does not.
  if (ask_ktls) return SSL_set_fd(ssl, socket) == 1;
  BIO* bio = BIO_new_socket(socket, BIO_NOCLOSE);
  if (bio != nullptr) SSL_set_bio(ssl, bio, bio);
  return bio != nullptr;
}

tl::unexpected<Error> no_progress(std::string_view doing) {
  return fail(Fault::TimedOut, fmt::format("{}: no progress within the time limit", doing));
}

// errno is saved first, because the next call into OpenSSL may change it.
Outcome ssl_outcome(const SSL* ssl, int returned, std::string_view doing) {
  if (returned > 0) return {};
  const int system_error = errno;
  const int why = SSL_get_error(ssl, returned);
  // On a blocking socket WANT_READ and WANT_WRITE mean that its time limit is over (EAGAIN).
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return no_progress(doing);
  if (why == SSL_ERROR_ZERO_RETURN) {
    return fail(Fault::Io, fmt::format("{}: the peer ended the connection", doing));
  }
  if (why == SSL_ERROR_SYSCALL && system_error != 0) return fail(errno_error(system_error, doing));
  return fail(openssl_error(doing));
}

}  // namespace tuner
