#include "cli/render/job_scan.h"

#include "base/rfc3339.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;
using ::testing::Not;

const auto kNoon = *system_time(*from_rfc3339("2026-11-24T12:00:00Z"));

ProgramAtRisk lighttpd(bool accepted = false) {
  return {.risk = {.kind = ProgramRisk::Kind::KeyUpdate,
                   .service = "lighttpd.service",
                   .program = "lighttpd (lighttpd.service)",
                   .text = "any peer can break light\x1b[31mtpd",
                   .ways_out = {"switch it off", "stop it"}},
          .accepted = accepted};
}

ProgramScan looked(std::vector<ProgramAtRisk> at_risk, std::vector<std::string> missing = {}) {
  return {.at = kNoon,
          .boot_id = "b",
          .at_risk = std::move(at_risk),
          .not_looked_at = std::move(missing)};
}

std::string text(const std::optional<ProgramScan>& scan) {
  return programs_text(scan, "b", kNoon + minutes(12));
}

TEST(ProgramsText, ShowsTheLastLookWithItsAge) {
  EXPECT_EQ(text(looked({})),
            "programs: none at risk by the kernel's TLS, looked at 2026-11-24T12:00:00Z (12 min "
            "ago)\n");
  EXPECT_EQ(text(looked({lighttpd()})),
            "programs: 1 at risk by the kernel's TLS, looked at 2026-11-24T12:00:00Z (12 min "
            "ago)\nwarning: any peer can break light\\x1b[31mtpd; ways out: switch it off; or stop "
            "it\n");
  EXPECT_THAT(text(looked({lighttpd(true)})), HasSubstr("\naccepted: any peer"));
}

TEST(ProgramsText, NoLookIsNoFinding) {
  EXPECT_EQ(text(std::nullopt), "programs: not looked at\n");
  ProgramScan earlier = looked({lighttpd()});
  earlier.boot_id = "a";
  EXPECT_EQ(text(earlier),
            "programs: not looked at in this boot; the drift job last did 2026-11-24T12:00:00Z (12 "
            "min ago)\n");
}

TEST(ProgramsText, AnIncompleteLookDoesNotSayNone) {
  EXPECT_EQ(text(looked({}, {"3 processes were not looked at: why"})),
            "programs: none of those that were looked at is at risk, looked at "
            "2026-11-24T12:00:00Z (12 min ago)\n  3 processes were not looked at: why\n");
}

TEST(ProgramsText, ALookInTheFutureHasNoAge) {
  EXPECT_THAT(programs_text(looked({}), "b", kNoon - minutes(1)),
              HasSubstr("2026-11-24T12:00:00Z, which is in the future"));
}

TEST(NeedsAction, OnlyOfARiskOfThisBootThatIsKnownAndNotAccepted) {
  EXPECT_TRUE(needs_action(looked({lighttpd(true), lighttpd()}), "b"));
  EXPECT_FALSE(needs_action(looked({lighttpd(true)}), "b"));
  EXPECT_FALSE(needs_action(looked({lighttpd()}), "c"));
  EXPECT_FALSE(needs_action(std::nullopt, "b"));
  ProgramAtRisk unknown = lighttpd();
  unknown.risk.kind = ProgramRisk::Kind::KeyUpdateUnknown;
  EXPECT_FALSE(needs_action(looked({unknown}), "b"));
}

TEST(ProgramLogLines, AreWarningsOfWhatNeedsAnAction) {
  EXPECT_EQ(program_log_lines(looked({lighttpd(true), lighttpd()}), "b"),
            "<4>program=\"lighttpd (lighttpd.service)\" risk=key-update because=\"any peer can "
            "break light\\u001b[31mtpd\" hint=\"switch it off; or stop it\"\n");
  EXPECT_EQ(program_log_lines(looked({lighttpd()}), "c"), "");
}

TEST(ProgramsDocument, IsOfThisBootAlone) {
  const auto body = programs_at_risk_document(looked({lighttpd(true)}, {"missing"}), "b");
  ASSERT_TRUE(body);
  EXPECT_EQ(rfc3339(body->looked_at), "2026-11-24T12:00:00Z");
  ASSERT_EQ(body->at_risk.size(), 1U);
  EXPECT_EQ(body->at_risk[0].risk, "key-update");
  EXPECT_TRUE(body->at_risk[0].accepted);
  EXPECT_EQ(body->not_looked_at, document::Texts{"missing"});
  EXPECT_FALSE(programs_at_risk_document(looked({}), "c"));
  EXPECT_FALSE(programs_at_risk_document(std::nullopt, "b"));
}

TEST(SessionsDocument, WhatIsNotKnownIsNull) {
  SessionScan scan;
  ServiceSessions& row = scan.services.emplace_back();
  row.service = "nginx.service";
  row.of(SessionPath::None) = {.sessions = 2, .bytes = 20};
  row.of(SessionPath::Kernel) = {.sessions = 1, .bytes = 10};
  const auto all = sessions_document(scan, kNoon);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->services[0].none_sessions, 2U);
  EXPECT_EQ(all->services[0].none_bytes, 20U);
  EXPECT_EQ(all->services[0].device_sessions, 0U);
  scan.not_looked_at = {"processes that could not be read: 1"};
  scan.services[0].bytes_reported = false;
  const auto partly = sessions_document(scan, kNoon);
  EXPECT_EQ(partly->services[0].none_sessions, std::nullopt);
  EXPECT_EQ(partly->services[0].cannot_sessions, std::nullopt);
  EXPECT_EQ(partly->services[0].kernel_sessions, 1U);
  EXPECT_EQ(partly->services[0].kernel_bytes, std::nullopt);
  EXPECT_FALSE(sessions_document(std::nullopt, kNoon));
}

}  // namespace
}  // namespace tuner
