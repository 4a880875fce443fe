// Contexts for one cell of the probe: exactly one version and one cipher, a throw-away key, and
// kernel TLS asked for or not, whatever openssl.cnf says.
#pragma once

#include "model/profile.h"
#include "probe/handshake/openssl.h"

#include <string>

namespace tuner {

struct CellKey {
  TlsVersion version = TlsVersion::Tls12;
  TlsCipher cipher = TlsCipher::Aes128Gcm;
};

// An ECDSA P-256 key (the cheapest to make and use) and its self-signed certificate. They live in
// memory for one run and are never printed or stored.
struct Identity {
  PrivateKey key;
  Certificate certificate;
};
Result<Identity> make_identity();

// SHA-256 over the whole certificate, in hexadecimal; empty: it has none that can be computed,
// which is equal to nobody's.
std::string certificate_fingerprint(const X509& certificate);

struct ContextOptions {
  CellKey cell;
  bool ask_ktls = true;
};

// Unsupported: this libssl does not offer the cipher (FIPS provider, build option).
Result<SslContext> server_context(const ContextOptions& options, const Identity& identity);
Result<SslContext> client_context(const ContextOptions& options);

// OpenSSL's name of the one suite for a cell: "ECDHE-ECDSA-AES128-GCM-SHA256".
const char* suite_name(const CellKey& cell);

}  // namespace tuner
