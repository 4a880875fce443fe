// Owners for OpenSSL's things, and its errors as ours. Nothing outside this folder sees OpenSSL.
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

// Empties this thread's error queue: "handshake: unsupported protocol". Where the queue is empty
// the text says only what was being done.
Error openssl_error(std::string_view doing);

}  // namespace tuner
