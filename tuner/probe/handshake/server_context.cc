#include "probe/handshake/server_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace tuner {
namespace {

using MemoryBio = Handle<BIO, BIO_free_all>;

// All ways to agree on a key, as the server's certificate is not known. SSL_CTX_set_cipher_list()
// passes over names that it does not know, and fails if none is left.
const char* old_suites(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm:
      return "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
             "DHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256";
    case TlsCipher::Aes256Gcm:
      return "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
             "DHE-RSA-AES256-GCM-SHA384:AES256-GCM-SHA384";
    case TlsCipher::Aes128Ccm: return "ECDHE-ECDSA-AES128-CCM:DHE-RSA-AES128-CCM:AES128-CCM";
    case TlsCipher::Chacha20Poly1305:
      return "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
             "DHE-RSA-CHACHA20-POLY1305";
  }
  return "";
}

constexpr const char* kOtherSuites =
    "ALL:!aNULL:!eNULL:!PSK:!SRP:!AESGCM:!CHACHA20:!ECDHE-ECDSA-AES128-CCM:!DHE-RSA-AES128-CCM:"
    "!AES128-CCM";

bool choose_suites(SSL_CTX* context, const OfferedSuites& suites) {
  if (!suites.version) return true;
  const bool old = suites.version == TlsVersion::Tls12;
  const int version = old ? TLS1_2_VERSION : TLS1_3_VERSION;
  if (SSL_CTX_set_min_proto_version(context, version) != 1 ||
      SSL_CTX_set_max_proto_version(context, version) != 1) {
    return false;
  }
  if (old && suites.others) return SSL_CTX_set_cipher_list(context, kOtherSuites) == 1;
  if (!suites.cipher) return true;
  return old ? SSL_CTX_set_cipher_list(context, old_suites(*suites.cipher)) == 1
             : SSL_CTX_set_ciphersuites(context, suite_name({.version = *suites.version,
                                                             .cipher = *suites.cipher})) == 1;
}

std::string offered_words(const OfferedSuites& suites) {
  const std::string version(tls_version_name(suites.version.value_or(TlsVersion::Tls13)));
  if (suites.cipher) return fmt::format("{} {}", version, tls_cipher_name(*suites.cipher));
  return suites.others ? version + " with other ciphers" : version;
}

}  // namespace

Result<TrustStore> system_trust() {
  TrustStore store(X509_STORE_new());
  if (!store || X509_STORE_set_default_paths(store.get()) != 1)
    return fail(openssl_error("open the certificates that this system trusts"));
  return store;
}

Result<TrustStore> trust_in(std::string_view pem) {
  TrustStore store(X509_STORE_new());
  const MemoryBio bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!store || !bytes) return fail(openssl_error("make a store of certificates"));
  int count = 0;
  while (const Certificate one{PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store.get(), one.get()) != 1)
      return fail(openssl_error("add a certificate"));
    ++count;
  }
  ERR_clear_error();  // the end of the file is one
  if (count > 0) return store;
  return fail(Fault::Invalid, "it has no certificate in PEM form",
              "begin it with -----BEGIN CERTIFICATE-----");
}

Result<SslContext> offer_context(const OfferOptions& options, X509_STORE& trust) {
  SslContext made(SSL_CTX_new(TLS_client_method()));
  if (!made) return fail(openssl_error("make a TLS context"));
  if (!choose_suites(made.get(), options.suites)) {
    Error error =
        openssl_error(fmt::format("this OpenSSL does not offer {}", offered_words(options.suites)));
    error.fault = Fault::Unsupported;
    return fail(std::move(error));
  }
  SSL_CTX_set1_cert_store(made.get(), &trust);
  // Both are set here, because openssl.cnf may have set them for every context.
  SSL_CTX_set_verify(made.get(), options.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(made.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (options.ask_ktls) {
    SSL_CTX_set_options(made.get(), SSL_OP_ENABLE_KTLS);
  } else {
    SSL_CTX_clear_options(made.get(), SSL_OP_ENABLE_KTLS);
  }
  return made;
}

// The suites with a tag of 8 bytes have the same identifier of the cipher, and no kernel takes
// them.
std::optional<TlsCipher> record_cipher(const SSL_CIPHER& suite) {
  if (std::string_view(SSL_CIPHER_get_name(&suite)).find("CCM8") != std::string_view::npos ||
      std::string_view(SSL_CIPHER_get_name(&suite)).find("CCM_8") != std::string_view::npos) {
    return std::nullopt;
  }
  switch (SSL_CIPHER_get_cipher_nid(&suite)) {
    case NID_aes_128_gcm: return TlsCipher::Aes128Gcm;
    case NID_aes_256_gcm: return TlsCipher::Aes256Gcm;
    case NID_aes_128_ccm: return TlsCipher::Aes128Ccm;
    case NID_chacha20_poly1305: return TlsCipher::Chacha20Poly1305;
    default: return std::nullopt;
  }
}

}  // namespace tuner
