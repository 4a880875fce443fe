#include "model/programs/built_in_tls.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace tuner {
namespace {

std::optional<BuiltInTls> found(std::initializer_list<std::string_view> blocks) {
  BuiltInTlsSearch search;
  for (const std::string_view block : blocks) search.feed(block);
  return search.found();
}

TEST(BuiltInTls, TellsGoRustAndOpenssl) {
  EXPECT_EQ(found({"x\xff Go buildinf:\x08", "…crypto/tls.(*Conn).Write"})->kind, TlsLibrary::Go);
  EXPECT_EQ(found({"/registry/src/rustls-0.23.4/src/conn.rs"})->kind, TlsLibrary::Rustls);
  const auto openssl = found({"OpenSSL 3.0.19 27 Jan 2026", "TLSv1.3 OPENSSLDIR: \"/etc/pki\""});
  ASSERT_TRUE(openssl);
  EXPECT_EQ(openssl->kind, TlsLibrary::OpenSsl);
  EXPECT_EQ(openssl->version, "OpenSSL 3.0.19");
  EXPECT_EQ(openssl->openssl_dir, "/etc/pki");
}

TEST(BuiltInTls, TakesNoProgramWithoutTlsForOne) {
  EXPECT_FALSE(found({"\xff Go buildinf:\x08"}));             // a Go program without crypto/tls
  EXPECT_FALSE(found({"crypto/tls.(*Conn)"}));                // a text about it
  EXPECT_FALSE(found({"OpenSSL 3.0.19 27 Jan 2026"}));        // libcrypto alone
  EXPECT_FALSE(found({"needs OpenSSL 3 or later TLSv1.3"}));  // no release with a date
  EXPECT_FALSE(found({"", "text"}));
}

// As the file of this program, which searches for them.
TEST(BuiltInTls, TextsThatAreSearchedForAreNotWhatTheyStandFor) {
  EXPECT_FALSE(found({std::string_view("\xff Go buildinf:\0crypto/tls.(*Conn)\0", 34)}));
  EXPECT_FALSE(found({std::string_view("rustls-0.\0TLSv1.3\0", 18)}));
  EXPECT_FALSE(found({"OpenSSL 3.2 or later with kernel 6.14 or later is safe. TLSv1.3"}));
  EXPECT_FALSE(found({"\xff Go buildinf:"}));
}

TEST(BuiltInTls, AnUnfinishedFolderNameIsNone) {
  BuiltInTlsSearch search;
  search.feed("OPENSSLDIR: \"/usr/lib");
  search.feed("OPENSSLDIR: N/A");
  EXPECT_EQ(search.openssl_dir(), "");
  search.feed("OPENSSLDIR: \"/usr/lib/ssl\"");
  EXPECT_EQ(search.openssl_dir(), "/usr/lib/ssl");
}

}  // namespace
}  // namespace tuner
