#include "model/programs/ktls_config.h"

#include "support/config_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::ConfigFiles;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The start of the files of Debian 12, of Ubuntu 22.04 and of Fedora 40, without their comments.
constexpr char kDebian[] =
    "HOME = .\nopenssl_conf = openssl_init\nconfig_diagnostics = 1\n[openssl_init]\n"
    "[ CA_default ]\ndir = ./demoCA\n";
constexpr char kUbuntu[] =
    "openssl_conf = openssl_init\n[openssl_init]\nproviders = provider_sect\nssl_conf = ssl_sect\n"
    "[ssl_sect]\nsystem_default = system_default_sect\n[system_default_sect]\n"
    "CipherString = DEFAULT:@SECLEVEL=2\nOptions = UnsafeLegacyRenegotiation\n";
constexpr char kFedora[] =
    "openssl_conf = openssl_init\n[openssl_init]\nssl_conf = ssl_module\n[ssl_module]\n"
    "system_default = crypto_policy\n[crypto_policy]\n.include = /policy\n";

ConfigFiles with_base(const std::string& text) {
  return {{"/c", text}, {"/policy", "Options = RHNoEnforceEMSinFIPS\n"}};
}

KtlsConfig of(const std::string& text) {
  const ConfigFiles files = with_base(text);
  auto config = ktls_config("/c", read_openssl_config("/c", files.source()));
  EXPECT_TRUE(config) << config.error().text;
  return config.value_or(KtlsConfig{});
}

// What our own reader says of the result; the lab and the probe's tests ask libssl itself.
OpensslConfig read_back(const std::string& text) {
  ConfigFiles files = with_base(text);
  files.files["/made"] = of(text).lines;
  return read_openssl_config("/made", files.source());
}

std::string refusal(const std::string& path, const OpensslConfig& base) {
  const auto config = ktls_config(path, base);
  return config ? "" : config.error().text;
}

TEST(KtlsConfig, AddsTheLinksThatDebianLacks) {
  EXPECT_EQ(of(kDebian).lines,
            ".include /c\n\n[openssl_init]\nssl_conf = ktls_tuner_ssl\n\n[ktls_tuner_ssl]\n"
            "system_default = ktls_tuner_default\n\n[ktls_tuner_default]\n"
            "ktls-tuner.Options = KTLS\n");
  EXPECT_THAT(of(kDebian).added, ElementsAre("ssl_conf", "system_default"));
}

TEST(KtlsConfig, FollowsTheChainOfTheDistribution) {
  EXPECT_EQ(of(kUbuntu).lines, ".include /c\n\n[system_default_sect]\nktls-tuner.Options = KTLS\n");
  EXPECT_THAT(of(kUbuntu).added, IsEmpty());
  EXPECT_EQ(of(kFedora).section, "crypto_policy");
}

TEST(KtlsConfig, MakesTheWholeChainWhereThereIsNone) {
  EXPECT_THAT(of("").added, ElementsAre("openssl_conf", "ssl_conf", "system_default"));
  EXPECT_THAT(of("").lines, ::testing::StartsWith("openssl_conf = ktls_tuner_init\n.include /c\n"));
  const auto config = ktls_config("/none", read_openssl_config("/none", ConfigFiles{}.source()));
  ASSERT_TRUE(config);
  EXPECT_THAT(config->lines, ::testing::Not(HasSubstr(".include")));
}

TEST(KtlsConfig, AsksAndKeepsEveryCommand) {
  for (const char* base : {kDebian, kUbuntu, kFedora, ""}) {
    const OpensslConfig made = read_back(base);
    EXPECT_EQ(made.ktls, true) << base;
    const ConfigFiles files = with_base(base);
    std::vector<std::string> expected = read_openssl_config("/c", files.source()).commands;
    expected.emplace_back("ktls-tuner.Options");
    EXPECT_EQ(made.commands, expected) << base;
  }
}

TEST(KtlsConfig, ReplacesNoCommandOfItsOwnPrefix) {
  const std::string base =
      "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
      "ktls-tuner.Options = NoTicket\nktls-tuner-2.Options = -KTLS\n";
  EXPECT_EQ(of(base).command, "ktls-tuner-3.Options");
  EXPECT_EQ(read_back(base).ktls, true);
}

TEST(KtlsConfig, RefusesWhatItCouldNotWriteAsItIs) {
  OpensslConfig base{.files = {"/c"}};
  EXPECT_THAT(refusal("/c\n[x]\nengines = y", base), HasSubstr("the path"));
  EXPECT_THAT(refusal("/c # x", base), HasSubstr("the path"));
  EXPECT_THAT(refusal("/$HOME", base), HasSubstr("the path"));
  EXPECT_THAT(refusal("/c\\", base), HasSubstr("the path"));
  EXPECT_EQ(refusal("/etc/ssl/openssl-1.1@x.cnf", base), "");
  base.init_section = "$ENV::X";
  EXPECT_THAT(refusal("/c", base), HasSubstr("section '$ENV::X'"));
}

TEST(KtlsConfig, RefusesABaseThatWasNotReadAsAWhole) {
  ConfigFiles files{{"/c", ".include /secret\n"}, {"/loop", ".include /loop\n"}};
  files.unreadable = {"/secret"};
  EXPECT_THAT(refusal("/c", read_openssl_config("/c", files.source())), HasSubstr("/secret"));
  EXPECT_THAT(refusal("/loop", read_openssl_config("/loop", files.source())),
              HasSubstr("too many"));
}

}  // namespace
}  // namespace tuner
