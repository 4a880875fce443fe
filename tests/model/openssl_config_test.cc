#include "model/openssl_config.h"

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

TEST(OpensslConfig, DoubtsWhatItCannotReadOrExpand) {
  ConfigFiles files{{"/c", ".include /secret\n.include /missing\n"}};
  files.unreadable = {"/secret"};
  EXPECT_THAT(read_openssl_config("/c", files.source()).doubts, ElementsAre(HasSubstr("/secret")));
  EXPECT_THAT(of("openssl_conf = $ENV::X\n").doubts, ElementsAre(HasSubstr("/c:1")));
  // Debian's file has variables in the sections of its certificate authority.
  EXPECT_THAT(of("dir = ./demoCA\n[CA]\ncerts = $dir/certs\n").doubts, IsEmpty());
  const ConfigFiles loop{{"/c", ".include /c\n"}};
  EXPECT_THAT(read_openssl_config("/c", loop.source()).doubts, ElementsAre(HasSubstr("too many")));
}

TEST(OpensslConfig, TakesAMissingFileForAnEmptyOne) {
  const OpensslConfig config = read_openssl_config("/none", ConfigFiles{}.source());
  EXPECT_EQ(config.ktls, std::nullopt);
  EXPECT_THAT(config.doubts, IsEmpty());
}

}  // namespace
}  // namespace tuner
