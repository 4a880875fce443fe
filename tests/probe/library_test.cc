#include "probe/handshake/library.h"

#include "model/release.h"
#include "probe/explain.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tuner {
namespace {

LibraryFacts installed() {
  const auto identity = make_identity();
  EXPECT_TRUE(identity);
  auto facts = library_facts(*identity);
  EXPECT_TRUE(facts);
  return *facts;
}

TEST(Library, ReportsItsVersionAndConfiguration) {
  const LibraryFacts facts = installed();
  EXPECT_TRUE(facts.version.starts_with("OpenSSL 3") || facts.version.starts_with("OpenSSL 4"));
  EXPECT_TRUE(facts.config_file.ends_with("openssl.cnf")) << facts.config_file;
}

// Debian builds libssl with kTLS. The expected values were measured with real kernels.
TEST(Library, HasTheAbilitiesOfItsVersion) {
  const LibraryFacts facts = installed();
  const auto release = parse_release(facts.version);
  ASSERT_TRUE(release);
  const bool modern = *release >= ReleaseNumber{3, 2, 0};
  ASSERT_EQ(facts.abilities.size(), 8U);
  for (const LibraryFacts::Ability& ability : facts.abilities) {
    const bool old_version = ability.version == TlsVersion::Tls12;
    const bool ccm = ability.cipher == TlsCipher::Aes128Ccm;
    EXPECT_EQ(ability.tx, old_version || modern || !ccm) << tls_cipher_name(ability.cipher);
    EXPECT_EQ(ability.rx, old_version || modern) << tls_cipher_name(ability.cipher);
  }
}

TEST(Library, KtlsIsOnOnlyIfRequested) {
  const auto identity = make_identity();
  ASSERT_TRUE(identity);
  for (const bool ask : {true, false}) {
    const auto context = server_context({.cell = {}, .ask_ktls = ask}, *identity);
    ASSERT_TRUE(context);
    EXPECT_EQ((SSL_CTX_get_options(context->get()) & SSL_OP_ENABLE_KTLS) != 0, ask);
  }
}

TEST(Library, EverySuiteIsAcceptedByTheContext) {
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm, TlsCipher::Aes128Ccm,
                                   TlsCipher::Chacha20Poly1305}) {
      const auto context = client_context({.cell = {version, cipher}});
      ASSERT_TRUE(context) << context.error().text;
      EXPECT_EQ(SSL_CTX_get_max_proto_version(context->get()),
                version == TlsVersion::Tls12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    }
  }
}

}  // namespace
}  // namespace tuner
