#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A cell with the counters and socket diagnostics that fit its paths.
ProbeCell cell(PathFinding tx, PathFinding rx) {
  const auto conf = [](const PathFinding& path) {
    return path == TlsPath::Device ? "hw" : path == TlsPath::Kernel ? "sw" : "base";
  };
  ProbeCell made{.tx = tx, .rx = rx, .bytes = 8, .intact = true};
  made.ulp = UlpInfo{"TLSv1.2", "AES-128-GCM", conf(tx), conf(rx)};
  if (tx == TlsPath::Kernel) made.counters["TlsTxSw"] = 2;
  if (tx == TlsPath::Device) made.counters["TlsTxDevice"] = 2;
  if (rx == TlsPath::Kernel) made.counters["TlsRxSw"] = 2;
  if (rx == TlsPath::Device) made.counters["TlsRxDevice"] = 2;
  return made;
}

PathFinding doubt(const char* why = "TlsTxSw moved by 1") {
  return PathFinding::unknown(why);
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

JudgedReport judged_report(ProbeCell one, const Profile& profile, const char* mode = "loopback") {
  return judge({.mode = mode, .cells = {std::move(one)}}, profile);
}

JudgedCell judged(ProbeCell one, const Profile& profile, const char* mode = "loopback") {
  return judged_report(std::move(one), profile, mode).cells().at(0);
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
      const JudgedCell got =
          judged(transmit ? cell(c.path, Kernel) : cell(Kernel, c.path),
                 transmit ? expecting(c.expected, Want::Any) : expecting(Want::Any, c.expected),
                 "connect");
      const auto where = std::string(tls_path_name(c.path)) + " for " +
                         std::string(expected_path_name(c.expected));
      EXPECT_EQ(got.result(), c.result) << where;
      EXPECT_EQ(got.verdict(), c.verdict) << where;
    }
  }
}

TEST(Verdict, ReportsTheExpectationAndHowItWasMissed) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Kernel);
  one.because = "module tls is not loaded";
  const JudgedCell got = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Userspace));
  EXPECT_EQ(got.expected(TlsDirection::Tx), ExpectedPath::Kernel);
  EXPECT_EQ(got.expected(TlsDirection::Rx), ExpectedPath::Userspace);
  EXPECT_EQ(got.because(),
            "transmit is userspace, expected kernel, receive is kernel, expected userspace: module "
            "tls is not loaded");
}

TEST(Verdict, AnImpossibleExpectedPathIsUnsupported) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Userspace);
  one.possible = false;
  const JudgedCell got = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any));
  EXPECT_EQ(got.result(), CellResult::Unsupported);
  EXPECT_EQ(got.verdict(), ProbeVerdict::Unsupported);
}

TEST(Verdict, AnImpossiblePathThatIsNotExpectedPasses) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Userspace);
  one.possible = false;
  const JudgedCell got = judged(one, Profile{});
  EXPECT_EQ(got.result(), CellResult::Pass);
  EXPECT_EQ(got.verdict(), ProbeVerdict::AsExpected);
}

// This libssl does not offer the cipher, so there was no handshake and no transfer.
TEST(Verdict, ACipherThatIsNotOfferedIsUnsupported) {
  const ProbeCell one{.possible = false, .because = "not offered"};
  EXPECT_EQ(judged(one, Profile{}).result(), CellResult::Unsupported);
  EXPECT_EQ(judged(one, Profile{}).verdict(), ProbeVerdict::AsExpected);
  EXPECT_EQ(judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any)).verdict(),
            ProbeVerdict::Unsupported);
}

TEST(Verdict, ADamagedTransferFailsWithAnyExpectation) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.intact = false;
  one.tx = doubt("and the sources disagree");
  one.because = "byte 7 is not what was sent";
  const JudgedCell got = judged(one, Profile{});
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.path(TlsDirection::Tx), TlsPath::Failed);
  EXPECT_EQ(got.path(TlsDirection::Rx), TlsPath::Failed);
  EXPECT_EQ(got.because(), "byte 7 is not what was sent");
  EXPECT_EQ(got.verdict(), ProbeVerdict::Failed);
  one.because = "";
  EXPECT_NE(judged(one, Profile{}).because(), "");
}

TEST(Verdict, ADeviceExpectedOverLoopbackIsInconclusive) {
  for (const TlsPath path : {TlsPath::Kernel, TlsPath::Userspace}) {
    const JudgedCell got =
        judged(cell(path, TlsPath::Kernel), expecting(ExpectedPath::Device, ExpectedPath::Any));
    EXPECT_EQ(got.result(), CellResult::Inconclusive);
    EXPECT_EQ(got.verdict(), ProbeVerdict::Inconclusive);
    EXPECT_THAT(got.because(), HasSubstr("loopback has no device"));
  }
}

TEST(Verdict, AMissedPathFailsAlsoWithADeviceExpectedOverLoopback) {
  const JudgedCell got = judged(cell(TlsPath::Kernel, TlsPath::Userspace),
                                expecting(ExpectedPath::Device, ExpectedPath::Kernel));
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.verdict(), ProbeVerdict::PathNotTaken);
}

TEST(Verdict, AnUnknownPathMattersOnlyIfAPathIsExpected) {
  const ProbeCell one = cell(doubt(), TlsPath::Kernel);
  const JudgedCell expected = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Kernel));
  EXPECT_EQ(expected.result(), CellResult::Inconclusive);
  EXPECT_EQ(expected.path(TlsDirection::Tx), TlsPath::Unknown);
  EXPECT_EQ(expected.path(TlsDirection::Rx), TlsPath::Kernel);
  EXPECT_EQ(expected.because(), "TlsTxSw moved by 1");
  EXPECT_EQ(expected.verdict(), ProbeVerdict::Inconclusive);
  const JudgedCell other = judged(one, expecting(ExpectedPath::Any, ExpectedPath::Kernel));
  EXPECT_EQ(other.result(), CellResult::Inconclusive);
  EXPECT_EQ(other.verdict(), ProbeVerdict::AsExpected)
      << "the profile expects a path only for receiving";
  const JudgedCell free = judged(one, Profile{});
  EXPECT_EQ(free.result(), CellResult::Inconclusive);
  EXPECT_EQ(free.verdict(), ProbeVerdict::AsExpected);
}

// A failure takes precedence over a doubt.
TEST(Verdict, AMissedPathFailsAlsoWithADoubt) {
  const JudgedCell got = judged(cell(TlsPath::Userspace, doubt("two disagree")),
                                expecting(ExpectedPath::Kernel, ExpectedPath::Kernel));
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(got.because(), "transmit is userspace, expected kernel, two disagree");
}

// The paths of a report are checked against the counters and socket diagnostics in it.
TEST(Verdict, APathContradictedByItsEvidenceIsUnknown) {
  struct Case {
    const char* because;
    TlsPath tx;
    std::function<void(ProbeCell&)> change;
  };
  const Case cases[] = {
      {"transmit is reported as kernel, but neither TlsTxSw nor TlsTxDevice moved", TlsPath::Kernel,
       [](ProbeCell& c) { c.counters.clear(); }},
      {"transmit is reported as kernel, but socket diagnostics say base", TlsPath::Kernel,
       [](ProbeCell& c) { c.ulp->txconf = "base"; }},
      {"transmit is reported as kernel, but socket diagnostics say hw", TlsPath::Kernel,
       [](ProbeCell& c) { c.ulp->txconf = "hw"; }},
      {"transmit is reported as device, but socket diagnostics say sw", TlsPath::Device,
       [](ProbeCell& c) { c.ulp->txconf = "sw"; }},
      {"transmit is reported as device, but TlsTxDevice did not move", TlsPath::Device,
       [](ProbeCell& c) {
         c.counters = {{"TlsTxSw", 1}};
       }},
      {"transmit is reported as device, but socket diagnostics do not confirm it", TlsPath::Device,
       [](ProbeCell& c) { c.ulp.reset(); }},
      {"transmit is reported as userspace, but socket diagnostics say sw", TlsPath::Userspace,
       [](ProbeCell& c) { c.ulp->txconf = "sw"; }},
  };
  for (const Case& c : cases) {
    ProbeCell one = cell(c.tx, TlsPath::Userspace);
    c.change(one);
    for (const ExpectedPath expected :
         {ExpectedPath::Any, ExpectedPath::Kernel, ExpectedPath::Userspace}) {
      const JudgedCell got = judged(one, expecting(expected, ExpectedPath::Any), "listen");
      EXPECT_EQ(got.path(TlsDirection::Tx), TlsPath::Unknown) << c.because;
      EXPECT_EQ(got.result(), CellResult::Inconclusive) << c.because;
      EXPECT_EQ(got.because(), c.because);
    }
  }
}

// In a private namespace OpenSSL and the counters prove a kernel path without socket diagnostics.
TEST(Verdict, MissingDiagnosticsDoNotContradictAKernelPath) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Userspace);
  one.ulp.reset();
  EXPECT_EQ(judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Userspace)).result(),
            CellResult::Pass);
}

// An expectation in the profile takes precedence over the wanted feature: a driver that supports
// only AES-128-GCM must not fail a cell with "expected kernel, got kernel".
TEST(Verdict, AFallbackRaisesAnyToDeviceAndKeepsAnExplicitExpectation) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.fell_back_tx = true;
  one.because = "the driver refused";
  const JudgedCell free = judged(one, Profile{}, "connect");
  EXPECT_EQ(free.expected(TlsDirection::Tx), ExpectedPath::Device);
  EXPECT_EQ(free.expected(TlsDirection::Rx), ExpectedPath::Any);
  EXPECT_EQ(free.result(), CellResult::Fail);
  EXPECT_EQ(free.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(free.because(), "transmit is kernel, expected device: the driver refused");
  const JudgedCell named =
      judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any), "connect");
  EXPECT_EQ(named.expected(TlsDirection::Tx), ExpectedPath::Kernel);
  EXPECT_EQ(named.result(), CellResult::Pass);
  EXPECT_EQ(named.verdict(), ProbeVerdict::AsExpected);
  EXPECT_EQ(named.because(), "the driver refused");
}

// `possible` is about kernel and device paths, so it does not excuse a missed `userspace`.
TEST(Verdict, AMissedUserSpacePathIsNeverUnsupported) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Userspace);
  one.possible = false;
  const JudgedCell got = judged(one, expecting(ExpectedPath::Userspace, ExpectedPath::Any));
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.verdict(), ProbeVerdict::PathNotTaken);
}

TEST(Verdict, AnExpectationWithoutACellIsInconclusiveWithAWarning) {
  const JudgedReport missing = judge({}, expecting(ExpectedPath::Kernel, ExpectedPath::Any));
  EXPECT_EQ(missing.verdict(), ProbeVerdict::Inconclusive);
  EXPECT_THAT(missing.report().warnings,
              ElementsAre("TLSv1.2 AES-128-GCM is expected by edge.yaml:12:7 but was not probed"));
  const JudgedReport free = judge({}, expecting(ExpectedPath::Any, ExpectedPath::Any));
  EXPECT_EQ(free.verdict(), ProbeVerdict::AsExpected);
  EXPECT_THAT(free.report().warnings, IsEmpty());
}

// The order of the exit codes: 4 before 1 before 3 before 0.
TEST(Verdict, TheWorstCellDecidesTheVerdict) {
  ProbeCell cannot = cell(TlsPath::Userspace, TlsPath::Userspace);
  cannot.possible = false;
  ProbeCell broken = cell(TlsPath::Kernel, TlsPath::Kernel);
  broken.intact = false;
  const ProbeCell missed = cell(TlsPath::Userspace, TlsPath::Userspace);
  const ProbeCell doubtful = cell(doubt(), TlsPath::Kernel);
  const ProbeCell fine = cell(TlsPath::Kernel, TlsPath::Kernel);
  const Profile profile = expecting(ExpectedPath::Kernel, ExpectedPath::Any);
  std::vector<ProbeCell> cells = {fine, doubtful, missed, broken, cannot};
  for (const ProbeVerdict verdict :
       {ProbeVerdict::Unsupported, ProbeVerdict::Failed, ProbeVerdict::PathNotTaken,
        ProbeVerdict::Inconclusive, ProbeVerdict::AsExpected}) {
    EXPECT_EQ(judge({.cells = cells}, profile).verdict(), verdict) << probe_verdict_name(verdict);
    const std::vector<ProbeCell> backwards(cells.rbegin(), cells.rend());
    EXPECT_EQ(judge({.cells = backwards}, profile).verdict(), verdict)
        << probe_verdict_name(verdict);
    cells.pop_back();
  }
}

// Across the wire each host judges its own end.
TEST(Verdict, OnlyThisHostsEndIsComparedWithItsProfile) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.client = serving_end(cell(TlsPath::Device, TlsPath::Device));
  const Profile profile = expecting(ExpectedPath::Device, ExpectedPath::Device);
  EXPECT_EQ(judged(one, profile, "connect").verdict(), ProbeVerdict::AsExpected);
  const JudgedCell listening = judged(one, profile, "listen");
  EXPECT_EQ(listening.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(listening.because(),
            "transmit is kernel, expected device, receive is kernel, expected device");
}

TEST(Verdict, AnEndThatFailedFailsTheCellOnBothHosts) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Kernel);
  one.client = ProbeEnd{};
  for (const char* mode : {"connect", "listen"}) {
    EXPECT_EQ(judged(one, Profile{}, mode).verdict(), ProbeVerdict::Failed) << mode;
  }
}

}  // namespace
}  // namespace tuner
