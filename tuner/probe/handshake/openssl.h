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

}  // namespace tuner
