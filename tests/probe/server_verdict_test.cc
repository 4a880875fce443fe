#include "probe/server_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Profile expecting(ExpectedPath tx) {
  Profile profile;
  profile.expect = {{.version = TlsVersion::Tls12,
                     .ciphers = {TlsCipher::Aes128Gcm},
                     .tx = tx,
                     .rx = ExpectedPath::Any,
                     .origin = {"edge.yaml", 12, 7}}};
  return profile;
}

ServerOffer offer(OfferResult result, std::optional<TlsCipher> cipher = TlsCipher::Aes128Gcm) {
  return {.version = TlsVersion::Tls12, .cipher = cipher, .result = result, .because = "why"};
}

// An accepted offer; `tx` is the path of this host's end.
ServerOffer accepted(TlsPath tx) {
  ServerOffer made = offer(OfferResult::Accepted);
  ProbeEnd own{.tx = tx, .rx = TlsPath::Userspace};
  if (tx == TlsPath::Kernel) own.counters["TlsTxSw"] = 1;
  const PathFinding unknown = PathFinding::unknown("not observed");
  made.cell =
      ProbeCell{.cipher = TlsCipher::Aes128Gcm, .tx = unknown, .rx = unknown, .intact = true};
  made.cell->client = own;
  return made;
}

ServerReport report(std::vector<ServerOffer> offers) {
  ServerReport made{.offers = std::move(offers)};
  made.choice.result = OfferResult::Accepted;
  return made;
}

ProbeVerdict verdict(const ServerReport& report, ExpectedPath tx = ExpectedPath::Kernel) {
  return judge_server(report, expecting(tx)).verdict;
}

TEST(ServerVerdict, ThisHostsEndIsJudged) {
  EXPECT_EQ(verdict(report({accepted(TlsPath::Kernel)})), ProbeVerdict::AsExpected);
  EXPECT_EQ(verdict(report({accepted(TlsPath::Userspace)})), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(verdict(report({accepted(TlsPath::Userspace)}), ExpectedPath::Any),
            ProbeVerdict::AsExpected);
  const JudgedServer judged =
      judge_server(report({accepted(TlsPath::Userspace)}), expecting(ExpectedPath::Kernel));
  ASSERT_TRUE(judged.offers.at(0).judged);
  EXPECT_THAT(judged.offers[0].judged->because(), HasSubstr("transmit is userspace"));
}

TEST(ServerVerdict, ARefusalIsNoFailureAndSilenceIsNoRefusal) {
  EXPECT_EQ(verdict(report({offer(OfferResult::Refused)})), ProbeVerdict::AsExpected);
  for (const OfferResult silent :
       {OfferResult::Closed, OfferResult::NotTls, OfferResult::NoStarttls, OfferResult::TimedOut,
        OfferResult::NoConnection, OfferResult::Failed, OfferResult::NotTried,
        OfferResult::Untrusted}) {
    EXPECT_EQ(verdict(report({offer(silent)})), ProbeVerdict::Inconclusive) << word_of(silent);
    EXPECT_EQ(verdict(report({offer(silent)}), ExpectedPath::Any), ProbeVerdict::AsExpected);
    EXPECT_EQ(verdict(report({offer(silent, std::nullopt)})), ProbeVerdict::AsExpected);
  }
  EXPECT_EQ(verdict(report({offer(OfferResult::NotOffered)})), ProbeVerdict::Unsupported);
}

TEST(ServerVerdict, AServerThatAcceptsNothingFails) {
  ServerReport none = report({offer(OfferResult::Refused)});
  none.choice.result = OfferResult::Refused;
  EXPECT_EQ(verdict(none, ExpectedPath::Any), ProbeVerdict::Failed);
}

TEST(ServerVerdict, AKeyUpdateCountsOnlyIfItWasAskedFor) {
  ServerReport made = report({accepted(TlsPath::Kernel)});
  made.key_update = ServerKeyUpdate{.answer = KeyUpdateSurvival::Survived, .because = "x"};
  EXPECT_EQ(verdict(made), ProbeVerdict::AsExpected);
  made.key_update->answer = KeyUpdateSurvival::Unknown;
  EXPECT_EQ(verdict(made), ProbeVerdict::Inconclusive);
  made.key_update->answer = KeyUpdateSurvival::Broken;
  EXPECT_EQ(verdict(made), ProbeVerdict::Unsafe);
}

TEST(ServerVerdict, ContentThatDiffersIsAWarning) {
  const auto with = [](const char* first, const char* second, HttpEnd end) {
    ServerReport made = report({accepted(TlsPath::Kernel), accepted(TlsPath::Kernel)});
    made.offers[0].http = HttpContent{.status = 200, .sha256 = first, .end = HttpEnd::Complete};
    made.offers[1].http = HttpContent{.status = 200, .sha256 = second, .end = end};
    return judge_server(made, expecting(ExpectedPath::Any)).report.warnings;
  };
  EXPECT_THAT(with("a", "b", HttpEnd::Complete), ElementsAre(HasSubstr("2 different hashes")));
  EXPECT_THAT(with("a", "a", HttpEnd::Complete), IsEmpty());
  EXPECT_THAT(with("a", "b", HttpEnd::Limited), IsEmpty());
}

TEST(ServerVerdict, CellsComeBackToTheirOffers) {
  ServerReport made = report(
      {offer(OfferResult::Refused), accepted(TlsPath::Kernel), accepted(TlsPath::Userspace)});
  ProbeReport cells = own_cells(made);
  ASSERT_EQ(cells.cells.size(), 2U);
  EXPECT_EQ(own_end(cells, cells.cells[0]).tx, TlsPath::Kernel);
  cells.cells[1].because = "explained";
  cells.warnings = {"a warning"};
  put_back(made, std::move(cells));
  EXPECT_FALSE(made.offers[0].cell);
  EXPECT_EQ(made.offers[2].cell->because, "explained");
  EXPECT_EQ(made.warnings.size(), 1U);
}

}  // namespace
}  // namespace tuner
