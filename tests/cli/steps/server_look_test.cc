#include "cli/steps/server_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using Answer = ServerOfferLook::Answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ServerProbe probe() {
  return {.request = {.place = {.host = "a.example", .port = 443}}};
}

ServerOffer offer(TlsVersion version, std::optional<TlsCipher> cipher, OfferResult result,
                  std::string because) {
  return {.version = version, .cipher = cipher, .result = result, .because = std::move(because)};
}

// An accepted offer of TLS 1.3 whose own end sends on this path and receives in user space.
ServerOffer accepted(TlsCipher cipher, const PathFinding& tx) {
  ServerOffer made = offer(TlsVersion::Tls13, cipher, OfferResult::Accepted, "");
  const PathFinding unknown = PathFinding::unknown("not observed");
  made.cell = ProbeCell{.version = TlsVersion::Tls13,
                        .cipher = cipher,
                        .tx = unknown,
                        .rx = unknown,
                        .intact = true,
                        .because = "libssl does not offload receiving"};
  made.cell->client = ProbeEnd{.tx = tx,
                               .rx = TlsPath::Userspace,
                               .counters = {{"TlsTxSw", 1}},
                               .interface = "bond0",
                               .nics = {"ens1", "ens2"},
                               .because = "libssl does not offload receiving"};
  return made;
}

ServerReport report(std::vector<ServerOffer> offers) {
  ServerReport made{.place = "a.example:443", .address = "192.0.2.1:443"};
  made.library.version = "OpenSSL 3.0.17 1 Jul 2025";
  made.library.abilities = {{TlsVersion::Tls13, TlsCipher::Aes256Gcm, true, false}};
  made.choice = {.result = OfferResult::Accepted,
                 .because = "",
                 .version = "TLSv1.3",
                 .suite = "TLS_AES_256_GCM_SHA384"};
  made.offers = std::move(offers);
  return made;
}

ServerLook look_at(ServerReport made) {
  return server_look(probe(), judge_server(std::move(made), Profile()));
}

TEST(ServerLook, HasTheEndOfThisHostItsRouteAndWhatLibsslCould) {
  const ServerLook look = look_at(report({accepted(TlsCipher::Aes256Gcm, TlsPath::Kernel)}));
  EXPECT_FALSE(look.failure);
  EXPECT_EQ(look.place, "a.example:443");
  EXPECT_EQ(look.library, "OpenSSL 3.0.17");
  EXPECT_EQ(look.interface, "bond0");
  EXPECT_THAT(look.nics, ElementsAre("ens1", "ens2"));
  ASSERT_EQ(look.offers.size(), 1U);
  EXPECT_EQ(look.offers[0].tx, TlsPlace::Kernel);
  EXPECT_EQ(look.offers[0].rx, TlsPlace::None);
  EXPECT_TRUE(look.offers[0].could_send);
  EXPECT_FALSE(look.offers[0].could_receive);
  EXPECT_THAT(look.offers[0].because, HasSubstr("does not offload receiving"));
  ASSERT_TRUE(look.choice);
  EXPECT_EQ(look.choice->offer, 0U);
}

TEST(ServerLook, OnlyARefusalIsOne) {
  const auto answer = [](OfferResult result) {
    ServerReport made = report({offer(TlsVersion::Tls12, TlsCipher::Aes128Gcm, result, "why")});
    return look_at(std::move(made)).offers.at(0).answer;
  };
  EXPECT_EQ(answer(OfferResult::Refused), Answer::Refused);
  EXPECT_EQ(answer(OfferResult::NotOffered), Answer::NotOffered);
  for (const OfferResult silent :
       {OfferResult::Untrusted, OfferResult::Closed, OfferResult::NotTls, OfferResult::NoStarttls,
        OfferResult::TimedOut, OfferResult::NoConnection, OfferResult::Failed,
        OfferResult::NotTried})
    EXPECT_EQ(answer(silent), Answer::Unknown) << word_of(silent);
}

TEST(ServerLook, AFailedTransferAndAContradictionAreNoPlace) {
  ServerOffer cut = accepted(TlsCipher::Aes256Gcm, TlsPath::Kernel);
  cut.cell->intact = false;
  EXPECT_EQ(look_at(report({cut})).offers[0].tx, TlsPlace::Unknown);
  ServerOffer lying = accepted(TlsCipher::Aes256Gcm, TlsPath::Kernel);
  lying.cell->client->counters.clear();
  const ServerLook look = look_at(report({lying}));
  EXPECT_EQ(look.offers[0].tx, TlsPlace::Unknown);
  EXPECT_THAT(look.offers[0].because, HasSubstr("neither TlsTxSw nor TlsTxDevice moved"));
}

TEST(ServerLook, SuitesThatNoKernelTakesHaveTheirReason) {
  ServerReport made = report({offer(TlsVersion::Tls12, {}, OfferResult::Accepted, "")});
  made.choice = {.result = OfferResult::Accepted,
                 .because = "",
                 .version = "TLSv1.2",
                 .suite = "ECDHE-RSA-AES128-CCM8"};
  const ServerLook look = look_at(std::move(made));
  EXPECT_EQ(look.offers[0].because, "no kernel takes it from OpenSSL");
  ASSERT_TRUE(look.choice);
  EXPECT_EQ(look.choice->offer, 0U);
}

TEST(ServerLook, AChoiceThatIsNoOfferHasNone) {
  ServerReport made = report({accepted(TlsCipher::Aes256Gcm, TlsPath::Kernel)});
  made.choice.version = "TLSv1.1";
  made.choice.suite = "AES128-SHA";
  const ServerLook look = look_at(std::move(made));
  ASSERT_TRUE(look.choice);
  EXPECT_FALSE(look.choice->offer);
}

TEST(ServerLook, AChoiceThatIsRefusedAloneIsNotKnown) {
  const ServerLook look =
      look_at(report({offer(TlsVersion::Tls13, TlsCipher::Aes256Gcm, OfferResult::Refused, "no"),
                      accepted(TlsCipher::Aes128Gcm, TlsPath::Kernel)}));
  EXPECT_FALSE(look.choice);
  EXPECT_EQ(look.why_no_choice, "its answers differ between connections");
}

TEST(ServerLook, WithoutAnAnswerThereIsAFailure) {
  const Error error{.fault = Fault::Io, .text = "connect to a.example:443: refused", .hint = "h"};
  const ServerLook none = server_look(probe(), Result<JudgedServer>(tl::unexpected(error)));
  ASSERT_TRUE(none.failure);
  EXPECT_EQ(none.failure->text, error.text);
  ServerReport made = report(
      {offer(TlsVersion::Tls12, TlsCipher::Aes128Gcm, OfferResult::Untrusted, "self-signed")});
  made.choice.result = OfferResult::Untrusted;
  made.choice.because = "its certificate is not trusted";
  const ServerLook untrusted = look_at(std::move(made));
  ASSERT_TRUE(untrusted.failure);
  EXPECT_THAT(untrusted.failure->hint, HasSubstr("--cafile"));
  EXPECT_FALSE(untrusted.choice);
}

TEST(ServerLook, InsecureAndKeyUpdateAreKept) {
  ServerReport made = report({accepted(TlsCipher::Aes256Gcm, TlsPath::Kernel)});
  made.key_update = ServerKeyUpdate{.answer = KeyUpdateSurvival::Broken, .because = "closed"};
  ServerProbe asked = probe();
  asked.request.insecure = true;
  const ServerLook look = server_look(asked, judge_server(std::move(made), Profile()));
  ASSERT_TRUE(look.insecure && look.key_update);
  EXPECT_THAT(*look.insecure, HasSubstr("any host may have answered"));
  EXPECT_EQ(look.key_update->answer, ServerKeyUpdateLook::Answer::Broken);
  EXPECT_FALSE(look_at(report({})).key_update);
}

}  // namespace
}  // namespace tuner
