#include "model/programs/openssl_config.h"

#include "support/config_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::ConfigFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kChain[] =
    "openssl_conf = first\n"
    "[first]\n"
    "ssl_conf = second\n"
    "[second]\n"
    "system_default = third\n"
    "[third]\n";

OpensslConfig of(const std::string& text) {
  const ConfigFiles files{{"/c", text}};
  return read_openssl_config("/c", files.source());
}

TEST(OpensslConfig, FollowsTheSectionsByTheirNamesInTheFile) {
  const OpensslConfig config = of(std::string(kChain) + "Options = KTLS\n");
  EXPECT_EQ(config.init_section, "first");
  EXPECT_EQ(config.ssl_section, "second");
  EXPECT_EQ(config.default_section, "third");
  EXPECT_EQ(config.ktls, true);
  EXPECT_EQ(to_text(config.ktls_place), "/c:7");
  EXPECT_THAT(config.doubts, IsEmpty());
}

TEST(OpensslConfig, AsksForNothingWhereTheChainIsBroken) {
  // The recipe that many guides have, on a system whose file names another first section.
  const OpensslConfig config =
      of("openssl_conf = default_conf\n[openssl_init]\nssl_conf = s\n[s]\nsystem_default = d\n"
         "[d]\nOptions = KTLS\n");
  EXPECT_EQ(config.init_section, "default_conf");
  EXPECT_EQ(config.ssl_section, "");
  EXPECT_EQ(config.ktls, std::nullopt);
}

TEST(OpensslConfig, ReplacesAnEarlierValueButKeepsAPrefixedOne) {
  EXPECT_EQ(of(std::string(kChain) + "Options = KTLS\nOptions = NoTicket\n").ktls, std::nullopt);
  EXPECT_EQ(of(std::string(kChain) + "x.Options = KTLS\nOptions = NoTicket\n").ktls, true);
  EXPECT_EQ(of(std::string(kChain) + "Options = NoTicket, -ktls\n").ktls, false);
}

TEST(OpensslConfig, ReadsWhichProtocolsAreLeft) {
  EXPECT_FALSE(of(std::string(kChain) + "MaxProtocol = TLSv1.2\n").tls13);
  EXPECT_FALSE(of(std::string(kChain) + "MinProtocol = TLSv1.3\n").tls12);
  EXPECT_TRUE(of(std::string(kChain) + "MinProtocol = TLSv1.2\n").tls13);
  EXPECT_FALSE(of(std::string(kChain) + "Protocol = ALL,-TLSv1.3\n").tls13);
  EXPECT_TRUE(of(std::string(kChain) + "Protocol = ALL,-TLSv1.3\n").tls12);
  EXPECT_FALSE(of(std::string(kChain) + "Protocol = TLSv1.2\n").tls13);
}

TEST(OpensslConfig, ReadsIncludedFilesAndFolders) {
  const ConfigFiles files{{"/c", "openssl_conf = first\n.include /more\n.include = /one # x\n"},
                          {"/more/a.cnf", "[first]\nssl_conf=second\n[second]\n"},
                          {"/more/b.conf", "system_default = third\n"},
                          {"/more/not", "system_default = fourth\n"},
                          {"/one", "[third]\nOptions = \\\n  KTLS\n"}};
  const OpensslConfig config = read_openssl_config("/c", files.source());
  EXPECT_EQ(config.ktls, true);
  EXPECT_EQ(to_text(config.ktls_place), "/one:2");
}

// OpenSSL 3.0.19 reads these so: tried.
TEST(OpensslConfig, ContinuesALineBeforeItRemovesComments) {
  const std::string swallowed =
      "openssl_conf = first\n# a comment \\\n[first]\nssl_conf = second\n[second]\n";
  EXPECT_EQ(of(swallowed).ssl_section, "");
  EXPECT_EQ(of(std::string(kChain) + "# two \\\\\nOptions = KTLS\n").ktls, true);
  EXPECT_EQ(of(std::string(kChain) + "Options = NoTicket, \\\r\n KTLS\r\n").ktls, true);
}

TEST(OpensslConfig, TakesTheLastModuleWhateverItsSuffix) {
  const OpensslConfig config =
      of("openssl_conf = a\n[a]\nssl_conf.old = x\nssl_conf.new = b\n[b]\nsystem_default = c\n"
         "[c]\nOptions = KTLS\n");
  EXPECT_EQ(config.ssl_section, "b");
  EXPECT_EQ(config.ktls, true);
}

TEST(OpensslConfig, ReadsTheCryptoPolicyOfFedora) {
  ConfigFiles files{
      {"/c",
       "openssl_conf = openssl_init\n[openssl_init]\nproviders = provider_sect\n"
       "ssl_conf = ssl_module\n.include = /etc/pki/tls/openssl.d\n[ssl_module]\n"
       "system_default = crypto_policy\n[crypto_policy]\n.include = /policy\n"},
      {"/policy",
       "CipherString = @SECLEVEL=2:kEECDH\nTLS.MinProtocol = TLSv1.2\nTLS.MaxProtocol = TLSv1.3\n"
       "DTLS.MinProtocol = DTLSv1.2\nDTLS.MaxProtocol = DTLSv1.2\nOptions = RHNoEnforceEMSinFIPS\n"
       "[openssl_init]\nalg_section = evp_properties\n"}};
  files.folders = {"/etc/pki/tls/openssl.d"};  // has no file
  const OpensslConfig config = read_openssl_config("/c", files.source());
  EXPECT_EQ(config.default_section, "crypto_policy");
  EXPECT_TRUE(config.tls13);
  EXPECT_TRUE(config.tls12);
  EXPECT_THAT(config.commands, ElementsAre("CipherString", "TLS.MinProtocol", "TLS.MaxProtocol",
                                           "DTLS.MinProtocol", "DTLS.MaxProtocol", "Options"));
  EXPECT_THAT(config.files, ElementsAre("/c", "/policy"));
  EXPECT_THAT(config.doubts, IsEmpty());
}

TEST(OpensslConfig, DoubtsWhatItCannotReadOrExpand) {
  ConfigFiles files{{"/c", ".include /secret\n.include /missing\n"}};
  files.unreadable = {"/secret"};
  EXPECT_THAT(read_openssl_config("/c", files.source()).doubts, ElementsAre(HasSubstr("/secret")));
  EXPECT_THAT(of("openssl_conf = $ENV::X\n").doubts, ElementsAre(HasSubstr("/c:1")));
  // Debian's file has variables in the sections of its certificate authority.
  EXPECT_THAT(of("dir = ./demoCA\n[CA]\ncerts = $dir/certs\n").doubts, IsEmpty());
  const ConfigFiles loop{{"/c", ".include /c\n"}};
  EXPECT_THAT(read_openssl_config("/c", loop.source()).doubts, ElementsAre(HasSubstr("too many")));
  EXPECT_TRUE(read_openssl_config("/c", loop.source()).incomplete);
  EXPECT_TRUE(read_openssl_config("/c", files.source()).incomplete);
  EXPECT_THAT(read_openssl_config("/c", files.source()).missing, ElementsAre("/missing"));
  EXPECT_FALSE(of("openssl_conf = $ENV::X\n").incomplete);
}

TEST(OpensslConfig, TakesAMissingFileForAnEmptyOne) {
  const OpensslConfig config = read_openssl_config("/none", ConfigFiles{}.source());
  EXPECT_EQ(config.ktls, std::nullopt);
  EXPECT_THAT(config.doubts, IsEmpty());
}

}  // namespace
}  // namespace tuner
