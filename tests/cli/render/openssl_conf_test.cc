#include "cli/render/openssl_conf.h"

#include "base/text.h"
#include "model/programs/openssl_config.h"
#include "support/config_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kBase[] =
    "openssl_conf = i\n[i]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nOptions = NoTicket\n";

KtlsConfig config() {
  const testing::ConfigFiles files{{"/c", kBase}};
  return *ktls_config("/c", read_openssl_config("/c", files.source()));
}

ConfUse nginx() {
  ConfUse use;
  use.base = {.path = "/c", .exists = true};
  use.program =
      Program{.name = "nginx", .service = "nginx.service", .executable = "/usr/sbin/nginx"};
  use.program->libraries = {{.version = "OpenSSL 3.0.19"}};
  use.effect = {.kind = OptionEffect::Kind::Gains, .because = "this configuration asks for it"};
  use.unit = "nginx.service";
  return use;
}

TEST(OpensslConf, HasTheDropInAsComments) {
  const std::string text = conf_text(config(), nginx());
  EXPECT_THAT(text, AllOf(HasSubstr("for nginx (nginx.service)"),
                          HasSubstr("#   [Service]\n"
                                    "#   Environment=OPENSSL_CONF=/etc/ssl/ktls-tuner-nginx.cnf\n"),
                          HasSubstr("systemctl edit 'nginx.service'"),
                          HasSubstr("\n\n.include /c\n\n[d]\nktls-tuner.Options = KTLS\n"),
                          Not(HasSubstr("EnvironmentFile"))));
  ConfUse other = nginx();
  other.base.from_environment = true;
  EXPECT_THAT(conf_text(config(), other), HasSubstr("EnvironmentFile"));
}

TEST(OpensslConf, WithoutAUnitNamesTheVariable) {
  ConfUse use;
  use.base = {.path = "/c", .exists = true};
  EXPECT_THAT(conf_text(config(), use),
              AllOf(HasSubstr("#   OPENSSL_CONF=/etc/ssl/ktls-tuner.cnf\n"),
                    HasSubstr("Not for the whole system"), Not(HasSubstr("systemctl"))));
}

// Names come from processes, and a line that ends early or swallows the next one would change what
// OpenSSL reads.
TEST(OpensslConf, NoNameGetsOutOfItsComment) {
  for (const char* name :
       {"x\n[d]\nOptions = -KTLS", "x\\", "\x1b[2J", "x\r[d]", "$(id)", "' ; id '"}) {
    ConfUse use = nginx();
    use.program->name = name;
    use.program->service = name;
    use.unit.clear();
    use.effect.because = name;
    use.accepted = {AcceptedRisk::Breaks};
    const std::string text = conf_text(config(), use);
    for (const std::string_view line : lines(text))
      EXPECT_FALSE(line.starts_with('#') && line.ends_with('\\')) << line;
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(suggested_file(use).find_first_not_of(
                  "/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."),
              std::string::npos);
    testing::ConfigFiles files{{"/c", kBase}, {"/made", text}};
    const OpensslConfig made = read_openssl_config("/made", files.source());
    EXPECT_EQ(made.ktls, true) << name;
    EXPECT_THAT(made.commands, ElementsAre("Options", "ktls-tuner.Options")) << name;
  }
}

TEST(OpensslConf, TheDocumentSaysWhatWasReadBack) {
  const ContextSettings plain{.options = 4, .security_level = 2};
  ContextSettings asks = plain;
  asks.asks_ktls = true;
  ContextSettings changed = asks;
  changed.security_level = 0;
  const ConfigReadback base{.library = "OpenSSL 3.0.19", .server = plain, .client = plain};
  const ConfigReadback proof{.library = "OpenSSL 3.0.19", .server = asks, .client = changed};
  const document::OpensslConf body = conf_document(config(), nginx(), base, proof);
  EXPECT_TRUE(body.proof.server.asks_ktls);
  EXPECT_TRUE(body.proof.server.unchanged);
  EXPECT_FALSE(body.proof.client.unchanged);
  EXPECT_EQ(body.program->library, "OpenSSL 3.0.19");
  EXPECT_EQ(body.program->effect, "gains");
  EXPECT_EQ(body.drop_in->unit, "nginx.service");
  EXPECT_EQ(body.configuration, conf_text(config(), nginx()));
}

}  // namespace
}  // namespace tuner
