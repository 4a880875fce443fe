// The client's contexts for a server elsewhere: what is offered to it, and whom this end trusts.
#pragma once

#include "probe/handshake/connection/context.h"

#include <optional>
#include <string_view>

namespace tuner {

using TrustStore = Handle<X509_STORE, X509_STORE_free>;

// The certificates that this system trusts, as libssl finds them. Opens files.
Result<TrustStore> system_trust();
// The certificates of a file in PEM form. Invalid: it has none.
Result<TrustStore> trust_in(std::string_view pem);

// What a server is offered.
struct OfferedSuites {
  std::optional<TlsVersion> version;  // nullopt: all that libssl offers by default
  std::optional<TlsCipher> cipher;    // of a version; nullopt: see `others`
  bool others = false;  // of TLS 1.2: the suites whose records no kernel takes from libssl
};

struct OfferOptions {
  OfferedSuites suites;
  bool insecure = false;  // a certificate that is not trusted does not end the handshake
  bool ask_ktls = false;
};

// Unsupported: this libssl does not offer any of the suites, or openssl.cnf forbids them.
Result<SslContext> offer_context(const OfferOptions& options, X509_STORE& trust);

// The cipher of the records; nullopt: none that a kernel takes from libssl.
std::optional<TlsCipher> record_cipher(const SSL_CIPHER& suite);

}  // namespace tuner
