#include "model/programs/job_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr RekeyFacts kOld{.upstream = ReleaseNumber{6, 1, 192}, .rekeys = false};

Program program(std::string name, std::string service, std::vector<int> pids) {
  return {.name = std::move(name),
          .service = std::move(service),
          .executable = {},
          .pids = std::move(pids),
          .libraries = {{.path = "/usr/lib/libssl.so.3", .version = "OpenSSL 3.0.19"}},
          .transport = TlsTransport::Socket,
          .config = ServerConfig{.tls = true, .ktls_place = {}},
          .openssl = ProgramOpenssl{.path = "/etc/ssl/openssl.cnf", .ktls_place = {}},
          .doubts = {}};
}

ProgramScan scan(std::vector<Program> all, std::vector<AcceptedRisk> accepted = {},
                 std::vector<std::string> missing = {}) {
  ProgramScan made = judged_scan(
      {.all = std::move(all), .gnutls_asks = false, .not_looked_at = std::move(missing)}, kOld,
      accepted);
  made.boot_id = "b";
  return made;
}

TEST(ProgramScan, FindsWhatTheGateWouldFind) {
  const ProgramScan found = scan({program("lighttpd", "lighttpd.service", {7})});
  ASSERT_EQ(found.at_risk.size(), 1U);
  EXPECT_EQ(found.at_risk[0].risk.kind, ProgramRisk::Kind::KeyUpdate);
  EXPECT_EQ(found.at_risk[0].risk.service, "lighttpd.service");
  EXPECT_FALSE(found.at_risk[0].accepted);
  EXPECT_TRUE(needs_action(found.at_risk[0]));
  EXPECT_THAT(scan({}).at_risk, IsEmpty());
}

TEST(ProgramScan, ARiskThatWasAcceptedStaysAndNeedsNoAction) {
  const std::vector<Program> all = {program("lighttpd", "lighttpd.service", {7})};
  const ProgramScan taken = scan(all, {AcceptedRisk::KeyUpdate});
  ASSERT_EQ(taken.at_risk.size(), 1U);
  EXPECT_TRUE(taken.at_risk[0].accepted);
  EXPECT_FALSE(needs_action(taken.at_risk[0]));
  EXPECT_FALSE(scan(all, {AcceptedRisk::Breaks}).at_risk[0].accepted) << "another kind";
}

TEST(ProgramScan, ARiskThatIsNotKnownNeedsNoActionAndIsNotAccepted) {
  Program unknown = program("lighttpd", "lighttpd.service", {7});
  unknown.libraries.front().version.clear();
  const ProgramScan found = scan({unknown}, {AcceptedRisk::KeyUpdate, AcceptedRisk::Breaks});
  ASSERT_EQ(found.at_risk.size(), 1U);
  EXPECT_EQ(found.at_risk[0].risk.kind, ProgramRisk::Kind::KeyUpdateUnknown);
  EXPECT_FALSE(found.at_risk[0].accepted);
  EXPECT_FALSE(needs_action(found.at_risk[0]));
}

TEST(ProgramScan, IsTheSameWhateverNumbersTheProcessesHave) {
  const auto at = [](int pid, const char* missing) {
    return std::optional(scan({program("lighttpd", "", {pid})}, {}, {missing}));
  };
  EXPECT_THAT(at(7, "")->at_risk.at(0).risk.text, Not(HasSubstr("7")));
  EXPECT_TRUE(same_findings(at(7, "3 processes were not looked at"),
                            at(8123, "41 processes were not looked at")));
  EXPECT_FALSE(same_findings(at(7, "3 processes were not looked at"), at(7, "no process was")));
  EXPECT_FALSE(same_findings(at(7, ""), std::nullopt));
  EXPECT_TRUE(same_findings(std::nullopt, std::nullopt));
}

TEST(ProgramScan, IsAnotherWithAnotherVersionAcceptanceOrBoot) {
  const auto lighttpd = program("lighttpd", "lighttpd.service", {7});
  const std::optional<ProgramScan> first = scan({lighttpd});
  Program newer = lighttpd;
  newer.libraries.front().version = "OpenSSL 3.0.20";
  EXPECT_FALSE(same_findings(first, scan({newer})));
  EXPECT_FALSE(same_findings(first, scan({lighttpd}, {AcceptedRisk::KeyUpdate})));
  EXPECT_FALSE(same_findings(first, scan({})));
  auto later = first;
  later->at += std::chrono::hours(1);
  EXPECT_TRUE(same_findings(first, later));
  later->boot_id = "c";
  EXPECT_FALSE(same_findings(first, later));
}

TEST(ProgramScan, OfAnotherBootDoesNotHold) {
  std::optional<ProgramScan> found = scan({});
  EXPECT_EQ(of_this_boot(found, "b"), &*found);
  EXPECT_EQ(of_this_boot(found, "c"), nullptr);
  found.reset();
  EXPECT_EQ(of_this_boot(found, "b"), nullptr);
}

TEST(SessionScan, KnowsOnlyWhatCouldBeSeen) {
  SessionScan found;
  EXPECT_TRUE(found.complete() && found.knows(SessionPath::None));
  found.not_looked_at = {"processes that could not be read: 3"};
  EXPECT_FALSE(found.complete() || found.knows(SessionPath::None));
  EXPECT_FALSE(found.knows(SessionPath::Cannot));
  EXPECT_TRUE(found.knows(SessionPath::Kernel) && found.knows(SessionPath::Device));
  found.unseen = "list TCP sockets: Input/output error";
  EXPECT_FALSE(found.knows(SessionPath::Kernel));
}

}  // namespace
}  // namespace tuner
