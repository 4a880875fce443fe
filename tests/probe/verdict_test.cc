#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using CellResult = ProbeCell::Result;

ProbeCell cell(TlsPath tx, TlsPath rx) {
  return {.tx = tx, .rx = rx, .bytes = 8, .intact = true};
}

Profile expecting(ExpectedPath tx, ExpectedPath rx) {
  Profile profile;
  profile.expect = {{.version = TlsVersion::Tls12,
                     .ciphers = {TlsCipher::Aes128Gcm},
                     .tx = tx,
                     .rx = rx,
                     .origin = {"edge.yaml", 12, 7}}};
  return profile;
}

struct Judged {
  ProbeVerdict verdict;
  ProbeCell cell;
};

Judged judged(ProbeCell one, const Profile& profile, const char* mode = "loopback") {
  ProbeReport report{.mode = mode, .cells = {std::move(one)}};
  const ProbeVerdict verdict = judge(report, profile);
  return {verdict, report.cells[0]};
}

TEST(Verdict, ComparesEachPathWithEachExpectation) {
  using enum TlsPath;
  using Want = ExpectedPath;
  struct Case {
    TlsPath path;
    ExpectedPath expected;
    CellResult result;
    ProbeVerdict verdict;
  };
  const auto pass = CellResult::Pass;
  const auto missed = CellResult::Fail;
  const auto good = ProbeVerdict::AsExpected;
  const auto other = ProbeVerdict::PathNotTaken;
  const Case cases[] = {
      {Kernel, Want::Any, pass, good},          {Userspace, Want::Any, pass, good},
      {Kernel, Want::Kernel, pass, good},       {Device, Want::Kernel, pass, good},
      {Userspace, Want::Kernel, missed, other}, {Userspace, Want::Userspace, pass, good},
      {Kernel, Want::Userspace, missed, other}, {Device, Want::Userspace, missed, other},
      {Device, Want::Device, pass, good},       {Kernel, Want::Device, missed, other},
      {Userspace, Want::Device, missed, other}};
  for (const Case& c : cases) {
    for (const bool transmit : {true, false}) {
      const Judged got =
          judged(transmit ? cell(c.path, Kernel) : cell(Kernel, c.path),
                 transmit ? expecting(c.expected, Want::Any) : expecting(Want::Any, c.expected),
                 "connect");
      const auto where = std::string(tls_path_name(c.path)) + " for " +
                         std::string(expected_path_name(c.expected));
      EXPECT_EQ(got.cell.result, c.result) << where;
      EXPECT_EQ(got.verdict, c.verdict) << where;
    }
  }
}

TEST(Verdict, FillsWhatWasExpectedAndWhatWasMissed) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Kernel);
  one.because = "module tls is not loaded";
  const Judged got = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Userspace));
  EXPECT_EQ(got.cell.expected_tx, ExpectedPath::Kernel);
  EXPECT_EQ(got.cell.expected_rx, ExpectedPath::Userspace);
  EXPECT_EQ(got.cell.because,
            "transmit is userspace, expected kernel, receive is kernel, expected userspace: module "
            "tls is not loaded");
}

TEST(Verdict, WhatTheMachineCannotDoIsUnsupported) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Userspace);
  one.possible = false;
  const Judged got = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any));
  EXPECT_EQ(got.cell.result, CellResult::Unsupported);
  EXPECT_EQ(got.verdict, ProbeVerdict::Unsupported);
}

TEST(Verdict, WhatTheMachineCannotDoAndNobodyExpectsPasses) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Userspace);
  one.possible = false;
  const Judged got = judged(one, Profile{});
  EXPECT_EQ(got.cell.result, CellResult::Pass);
  EXPECT_EQ(got.verdict, ProbeVerdict::AsExpected);
}

// This libssl has no such cipher: no handshake, no bytes.
TEST(Verdict, ACipherThatIsNotOfferedIsUnsupported) {
  const ProbeCell one{.possible = false, .because = "not offered"};
  EXPECT_EQ(judged(one, Profile{}).cell.result, CellResult::Unsupported);
  EXPECT_EQ(judged(one, Profile{}).verdict, ProbeVerdict::AsExpected);
  EXPECT_EQ(judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any)).verdict,
            ProbeVerdict::Unsupported);
}

TEST(Verdict, BytesThatDifferFailWhateverWasExpected) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.intact = false;
  one.doubt = "and the witnesses disagree too";
  one.because = "byte 7 is not what was sent";
  const Judged got = judged(one, Profile{});
  EXPECT_EQ(got.cell.result, CellResult::Fail);
  EXPECT_EQ(got.cell.because, "byte 7 is not what was sent");
  EXPECT_EQ(got.verdict, ProbeVerdict::Failed);
}

TEST(Verdict, ADeviceExpectedOverLoopbackIsInconclusive) {
  for (const TlsPath path : {TlsPath::Kernel, TlsPath::Userspace}) {
    const Judged got =
        judged(cell(path, TlsPath::Kernel), expecting(ExpectedPath::Device, ExpectedPath::Any));
    EXPECT_EQ(got.cell.result, CellResult::Inconclusive);
    EXPECT_EQ(got.verdict, ProbeVerdict::Inconclusive);
    EXPECT_THAT(got.cell.because, HasSubstr("loopback has no device"));
  }
}

TEST(Verdict, AMissedPathIsNotExcusedByADeviceBesideIt) {
  const Judged got = judged(cell(TlsPath::Kernel, TlsPath::Userspace),
                            expecting(ExpectedPath::Device, ExpectedPath::Kernel));
  EXPECT_EQ(got.cell.result, CellResult::Fail);
  EXPECT_EQ(got.verdict, ProbeVerdict::PathNotTaken);
}

TEST(Verdict, ADoubtCountsOnlyWhereSomethingIsExpected) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.doubt = "TlsTxSw moved by 1";
  const Judged expected = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Kernel));
  EXPECT_EQ(expected.cell.result, CellResult::Inconclusive);
  EXPECT_EQ(expected.cell.because, "TlsTxSw moved by 1");
  EXPECT_EQ(expected.verdict, ProbeVerdict::Inconclusive);
  const Judged free = judged(one, Profile{});
  EXPECT_EQ(free.cell.result, CellResult::Inconclusive);
  EXPECT_EQ(free.verdict, ProbeVerdict::AsExpected);
}

TEST(Verdict, JudgingTwiceSaysItOnce) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.doubt = "TlsTxSw moved by 1";
  ProbeReport report{.cells = {one}};
  const Profile profile = expecting(ExpectedPath::Device, ExpectedPath::Any);
  judge(report, Profile{});
  judge(report, profile);
  judge(report, profile);
  EXPECT_EQ(report.cells[0].because, "TlsTxSw moved by 1");
}

TEST(Verdict, AnExpectationWithoutACellIsInconclusiveAndWarned) {
  ProbeReport report;
  const Profile profile = expecting(ExpectedPath::Kernel, ExpectedPath::Any);
  EXPECT_EQ(judge(report, profile), ProbeVerdict::Inconclusive);
  EXPECT_THAT(report.warnings, ElementsAre("TLSv1.2 AES-128-GCM is expected by edge.yaml:12:7 and "
                                           "was not probed"));
  ProbeReport free;
  EXPECT_EQ(judge(free, expecting(ExpectedPath::Any, ExpectedPath::Any)), ProbeVerdict::AsExpected);
  EXPECT_THAT(free.warnings, IsEmpty());
}

// The order of the exit codes: 4 before 1 before 3 before 0.
TEST(Verdict, TheWorstCellGivesTheVerdict) {
  ProbeCell cannot = cell(TlsPath::Userspace, TlsPath::Userspace);
  cannot.possible = false;
  ProbeCell broken = cell(TlsPath::Kernel, TlsPath::Kernel);
  broken.intact = false;
  const ProbeCell missed = cell(TlsPath::Userspace, TlsPath::Userspace);
  ProbeCell doubtful = cell(TlsPath::Kernel, TlsPath::Kernel);
  doubtful.doubt = "?";
  const ProbeCell fine = cell(TlsPath::Kernel, TlsPath::Kernel);
  const Profile profile = expecting(ExpectedPath::Kernel, ExpectedPath::Any);
  std::vector<ProbeCell> cells = {fine, doubtful, missed, broken, cannot};
  for (const ProbeVerdict verdict :
       {ProbeVerdict::Unsupported, ProbeVerdict::Failed, ProbeVerdict::PathNotTaken,
        ProbeVerdict::Inconclusive, ProbeVerdict::AsExpected}) {
    ProbeReport report{.cells = cells};
    EXPECT_EQ(judge(report, profile), verdict) << probe_verdict_name(verdict);
    ProbeReport backwards{.cells = {cells.rbegin(), cells.rend()}};
    EXPECT_EQ(judge(backwards, profile), verdict) << probe_verdict_name(verdict);
    cells.pop_back();
  }
}

// Across the wire each host answers for its own end.
TEST(Verdict, OnlyOurOwnEndIsHeldAgainstOurProfile) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.client = ProbeEnd{.tx = TlsPath::Device, .rx = TlsPath::Device};
  const Profile profile = expecting(ExpectedPath::Device, ExpectedPath::Device);
  EXPECT_EQ(judged(one, profile, "connect").verdict, ProbeVerdict::AsExpected);
  const Judged listening = judged(one, profile, "listen");
  EXPECT_EQ(listening.verdict, ProbeVerdict::PathNotTaken);
  EXPECT_EQ(listening.cell.because,
            "transmit is kernel, expected device, receive is kernel, expected device");
}

TEST(Verdict, AnEndThatFailedFailsTheCellOnBothHosts) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.client = ProbeEnd{};
  for (const char* mode : {"connect", "listen"}) {
    EXPECT_EQ(judged(one, Profile{}, mode).verdict, ProbeVerdict::Failed) << mode;
  }
}

}  // namespace
}  // namespace tuner
