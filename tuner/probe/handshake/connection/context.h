// OpenSSL contexts for one cell: exactly one version and one cipher, and a temporary key. Kernel
// TLS is requested or not, regardless of openssl.cnf.
#pragma once

#include "model/profile.h"
#include "probe/handshake/connection/openssl.h"

#include <string>

namespace tuner {

struct CellKey {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
};

// An ECDSA P-256 key (the cheapest to generate and use) and its self-signed certificate. Both exist
// only in memory for one run and are never printed or stored.
struct Identity {
  PrivateKey key;
  Certificate certificate;
};
Result<Identity> make_identity();

// SHA-256 over the whole certificate, in hexadecimal. Empty if it cannot be computed; no
// fingerprint is empty, so that one matches no certificate.
std::string certificate_fingerprint(const X509& certificate);

struct ContextOptions {
  CellKey cell;
  bool ask_ktls = true;
};

// Unsupported: this libssl does not offer the cipher (FIPS provider, build option).
Result<SslContext> server_context(const ContextOptions& options, const Identity& identity);
Result<SslContext> client_context(const ContextOptions& options);

// OpenSSL's name of the cell's cipher suite: "ECDHE-ECDSA-AES128-GCM-SHA256".
const char* suite_name(const CellKey& cell);

}  // namespace tuner
