#include "probe/config_readback.h"

#include "probe/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigReadback readback(bool asks) {
  const ContextSettings settings{.asks_ktls = asks,
                                 .options = 0x120000,
                                 .min_version = 0x0303,
                                 .max_version = 0,
                                 .security_level = 2,
                                 .ciphers = "TLS_AES_256_GCM_SHA384:ECDHE-RSA-AES128-GCM-SHA256"};
  return {.library = "OpenSSL 3.0.19", .config_file = "/c", .server = settings, .client = settings};
}

std::vector<std::string> doubts(const ConfigReadback& now) {
  return doubts_of_addition(readback(false), now);
}

TEST(ConfigReadback, ProvesAnAdditionThatChangesNothingElse) {
  EXPECT_THAT(doubts(readback(true)), IsEmpty());
  EXPECT_THAT(doubts_of_addition(readback(true), readback(true)), IsEmpty());  // it asked already
}

TEST(ConfigReadback, DoubtsAnEndThatDoesNotAsk) {
  ConfigReadback now = readback(true);
  now.client.asks_ktls = false;
  EXPECT_THAT(doubts(now), ElementsAre("client: kTLS is not asked for"));
  EXPECT_EQ(doubts(readback(false)).size(), 2U);
}

TEST(ConfigReadback, DoubtsEachSettingOfTheBaseThatIsLost) {
  ConfigReadback now = readback(true);
  now.server = {.asks_ktls = true};
  EXPECT_THAT(doubts(now), ElementsAre("server: other options are 0x0 instead of 0x120000",
                                       "server: MinProtocol is none instead of TLSv1.2",
                                       "server: the security level is 0 instead of 2",
                                       "server: the list of ciphers is another"));
  now = readback(true);
  now.client.max_version = 0x0304;
  EXPECT_THAT(doubts(now), ElementsAre("client: MaxProtocol is TLSv1.3 instead of none"));
  now = readback(true);
  now.library = "OpenSSL 3.5.9";
  EXPECT_THAT(doubts(now), ElementsAre(HasSubstr("two libraries answered")));
}

TEST(ConfigReadback, SurvivesTheWayAsJson) {
  const ConfigReadback before = readback(true);
  const auto after = readback_from_json(readback_to_json(before));
  ASSERT_TRUE(after) << after.error().text;
  EXPECT_EQ(after->server, before.server);
  EXPECT_EQ(after->client, before.client);
  EXPECT_EQ(after->library, before.library);
  EXPECT_EQ(after->config_file, before.config_file);
}

TEST(ConfigReadback, IsNotReadFromATruncatedOrLyingReport) {
  const std::string whole = readback_to_json(readback(true));
  for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
    EXPECT_FALSE(readback_from_json(whole.substr(0, size))) << size;
  EXPECT_FALSE(readback_from_json("{}"));
  EXPECT_FALSE(readback_from_json("[]"));
  std::string wrong = whole;
  wrong.replace(wrong.find("true"), 4, "\"ja\"");
  EXPECT_FALSE(readback_from_json(wrong));
}

}  // namespace
}  // namespace tuner
