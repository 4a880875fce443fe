#include "probe/server_json.h"

#include "probe/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;

ServerReport whole() {
  ServerReport report{
      .place = "a.example:443",
      .address = "192.0.2.1:443",
      .server_name = "a.example",
      .library = {.version = "OpenSSL 3.0.17"},
      .choice = {.result = OfferResult::Accepted,
                 .because = "",
                 .version = "TLSv1.3",
                 .suite = "TLS_AES_256_GCM_SHA384"},
      .certificate =
          ServerCertificate{
              .subject = "CN=\xff", .issuer = "CN=b", .sha256 = "00", .doubt = "expired"},
      .asks_certificate = true};
  ProbeCell cell{.cipher = TlsCipher::Aes256Gcm, .intact = true};
  cell.client = ProbeEnd{.tx = TlsPath::Kernel, .rx = TlsPath::Userspace};
  report.offers = {{.version = TlsVersion::Tls12,
                    .cipher = TlsCipher::Aes256Gcm,
                    .result = OfferResult::Accepted,
                    .suite = "AES256-GCM-SHA384",
                    .cell = cell,
                    .http = HttpContent{.status = 200,
                                        .bytes = 12,
                                        .sha256 = "ab",
                                        .end = HttpEnd::Limited,
                                        .because = "much"}},
                   {.version = TlsVersion::Tls12, .result = OfferResult::Refused, .because = "no"}};
  report.key_update = ServerKeyUpdate{.answer = KeyUpdateSurvival::Broken, .because = "alert"};
  report.warnings = {"a warning"};
  return report;
}

TEST(ServerJson, IsReadAsItWasWritten) {
  const std::string text = server_to_json(whole());
  const auto read = server_from_json(text);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(server_to_json(*read), text);
  EXPECT_EQ(read->offers[0].cell->client->tx, TlsPath::Kernel);
  EXPECT_EQ(read->offers[0].http->end, HttpEnd::Limited);
  EXPECT_FALSE(read->offers[1].cipher);
  EXPECT_EQ(read->key_update->answer, KeyUpdateSurvival::Broken);
}

TEST(ServerJson, AnErrorOfTheHelperIsThatError) {
  const auto read = server_from_json(
      error_to_json({.fault = Fault::Refused, .text = "no STARTTLS", .hint = "look"}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().fault, Fault::Refused);
  EXPECT_EQ(read.error().text, "no STARTTLS");
}

TEST(ServerJson, WhatIsMissingOrUnknownIsNamed) {
  const std::string text = server_to_json(whole());
  const auto without = [&](std::string_view word, std::string_view instead) {
    std::string changed = text;
    changed.replace(changed.find(word), word.size(), instead);
    return server_from_json(changed);
  };
  for (const char* key : {"\"place\"", "\"choice\"", "\"answer\"", "\"cell\"", "\"status\"",
                          "\"intact\"", "\"abilities\""}) {
    const auto read = without(key, "\"x\"");
    ASSERT_FALSE(read) << key;
    EXPECT_EQ(read.error().fault, Fault::Invalid);
  }
  EXPECT_THAT(without("\"refused\"", "\"eaten\"").error().text, HasSubstr("'eaten'"));
  EXPECT_FALSE(server_from_json(text.substr(0, text.size() / 2)));
  EXPECT_FALSE(server_from_json("[]"));
}

}  // namespace
}  // namespace tuner
