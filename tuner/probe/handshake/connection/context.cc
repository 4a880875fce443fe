#include "probe/handshake/connection/context.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

constexpr long kDay = 24L * 60 * 60;

// Valid from yesterday to tomorrow: the clocks of two hosts may differ. Nothing checks the name;
// the fingerprint goes over the control connection.
bool fill_certificate(X509* certificate, EVP_PKEY* key) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("ktls-tuner probe");
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kDay) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

int protocol(TlsVersion version) {
  return version == TlsVersion::Tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

// Each version has its own call: SSL_CTX_set_cipher_list() with a TLS 1.3 name empties the list for
// 1.2, and SSL_CTX_set_ciphersuites() with a 1.2 name is an error.
bool choose_suite(SSL_CTX* context, const CellKey& cell) {
  return cell.version == TlsVersion::Tls12
             ? SSL_CTX_set_cipher_list(context, suite_name(cell)) == 1
             : SSL_CTX_set_ciphersuites(context, suite_name(cell)) == 1;
}

// Resumption would skip the exchange of keys that a cell is about.
void choose_options(SSL_CTX* context, bool ask_ktls) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (ask_ktls) {
    SSL_CTX_set_options(context, SSL_OP_ENABLE_KTLS);
  } else {
    SSL_CTX_clear_options(context, SSL_OP_ENABLE_KTLS);  // openssl.cnf may have set it
  }
}

Result<SslContext> context(const SSL_METHOD* method, const ContextOptions& options) {
  SslContext made(SSL_CTX_new(method));
  if (!made) return fail(openssl_error("make a TLS context"));
  // openssl.cnf may set MinProtocol and MaxProtocol for every context. Both are set here, so that a
  // cell measures what its name says.
  const int version = protocol(options.cell.version);
  if (SSL_CTX_set_min_proto_version(made.get(), version) != 1 ||
      SSL_CTX_set_max_proto_version(made.get(), version) != 1 ||
      !choose_suite(made.get(), options.cell)) {
    Error error = openssl_error(fmt::format("this OpenSSL does not offer {} {}",
                                            tls_version_name(options.cell.version),
                                            suite_name(options.cell)));
    error.fault = Fault::Unsupported;
    return fail(std::move(error));
  }
  choose_options(made.get(), options.ask_ktls);
  return made;
}

}  // namespace

Result<Identity> make_identity() {
  Identity identity{.key = PrivateKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
                    .certificate = Certificate(X509_new())};
  if (!identity.key) return fail(openssl_error("make a P-256 key"));
  if (!identity.certificate || !fill_certificate(identity.certificate.get(), identity.key.get())) {
    return fail(openssl_error("make a certificate"));
  }
  return identity;
}

std::string certificate_fingerprint(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

Result<SslContext> server_context(const ContextOptions& options, const Identity& identity) {
  auto made = context(TLS_server_method(), options);
  if (!made) return made;
  if (SSL_CTX_use_certificate(made->get(), identity.certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(made->get(), identity.key.get()) != 1) {
    return fail(openssl_error("use the probe's certificate"));
  }
  return made;
}

Result<SslContext> client_context(const ContextOptions& options) {
  return context(TLS_client_method(), options);
}

// The suites of TLS 1.2 are those with ECDSA, because the certificate has a P-256 key.
const char* suite_name(const CellKey& cell) {
  const bool old = cell.version == TlsVersion::Tls12;
  switch (cell.cipher) {
    case TlsCipher::Aes128Gcm:
      return old ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "TLS_AES_128_GCM_SHA256";
    case TlsCipher::Aes256Gcm:
      return old ? "ECDHE-ECDSA-AES256-GCM-SHA384" : "TLS_AES_256_GCM_SHA384";
    case TlsCipher::Aes128Ccm: return old ? "ECDHE-ECDSA-AES128-CCM" : "TLS_AES_128_CCM_SHA256";
    case TlsCipher::Chacha20Poly1305:
      return old ? "ECDHE-ECDSA-CHACHA20-POLY1305" : "TLS_CHACHA20_POLY1305_SHA256";
  }
  return "";
}

}  // namespace tuner
