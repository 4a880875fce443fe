// Owning handles for OpenSSL's objects, and conversion of its errors. Only this folder includes
// OpenSSL.
#pragma once

#include "base/handle.h"
#include "base/result.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <string>
#include <string_view>

namespace tuner {

using PrivateKey = Handle<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Handle<X509, X509_free>;
using SslContext = Handle<SSL_CTX, SSL_CTX_free>;
using Connection = Handle<SSL, SSL_free>;

// An Error of category Io with the texts of this thread's error queue, which is emptied:
// "handshake: unsupported protocol". With an empty queue the text is `doing` alone.
Error openssl_error(std::string_view doing);

// Gives a connection its socket; the caller keeps ownership of it. ask_ktls sets the "tls" ULP on
// the socket, which loads the tls module if this process may: set it only if tls is loaded.
bool attach_socket(SSL* ssl, int socket, bool ask_ktls);

// The result of a call about `ssl` that returned this, at once after it. The thread's error queue
// must have been empty before the call. Fault::Io: OpenSSL's error, or the peer ended the
// connection. TimedOut: no_progress().
Outcome ssl_outcome(const SSL* ssl, int returned, std::string_view doing);

// A call on a blocking socket whose time limit is over: "send: no progress within the time limit".
tl::unexpected<Error> no_progress(std::string_view doing);

}  // namespace tuner
