#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
// With the counters and the socket diagnostics that such a cell has.
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

TEST(Verdict, FillsWhatWasExpectedAndWhatWasMissed) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Kernel);
  one.because = "module tls is not loaded";
  const JudgedCell got = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Userspace));
  EXPECT_EQ(got.expected(TlsDirection::Tx), ExpectedPath::Kernel);
  EXPECT_EQ(got.expected(TlsDirection::Rx), ExpectedPath::Userspace);
  EXPECT_EQ(got.because(),
            "transmit is userspace, expected kernel, receive is kernel, expected userspace: module "
            "tls is not loaded");
}

TEST(Verdict, WhatTheMachineCannotDoIsUnsupported) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Userspace);
  one.possible = false;
  const JudgedCell got = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any));
  EXPECT_EQ(got.result(), CellResult::Unsupported);
  EXPECT_EQ(got.verdict(), ProbeVerdict::Unsupported);
}

TEST(Verdict, WhatTheMachineCannotDoAndNobodyExpectsPasses) {
  ProbeCell one = cell(TlsPath::Userspace, TlsPath::Userspace);
  one.possible = false;
  const JudgedCell got = judged(one, Profile{});
  EXPECT_EQ(got.result(), CellResult::Pass);
  EXPECT_EQ(got.verdict(), ProbeVerdict::AsExpected);
}

// This libssl has no such cipher: no handshake, no bytes.
TEST(Verdict, ACipherThatIsNotOfferedIsUnsupported) {
  const ProbeCell one{.possible = false, .because = "not offered"};
  EXPECT_EQ(judged(one, Profile{}).result(), CellResult::Unsupported);
  EXPECT_EQ(judged(one, Profile{}).verdict(), ProbeVerdict::AsExpected);
  EXPECT_EQ(judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Any)).verdict(),
            ProbeVerdict::Unsupported);
}

TEST(Verdict, BytesThatDifferFailWhateverWasExpected) {
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

TEST(Verdict, AMissedPathIsNotExcusedByADeviceBesideIt) {
  const JudgedCell got = judged(cell(TlsPath::Kernel, TlsPath::Userspace),
                                expecting(ExpectedPath::Device, ExpectedPath::Kernel));
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.verdict(), ProbeVerdict::PathNotTaken);
}

TEST(Verdict, ADoubtCountsOnlyWhereSomethingIsExpected) {
  const ProbeCell one = cell(doubt(), TlsPath::Kernel);
  const JudgedCell expected = judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Kernel));
  EXPECT_EQ(expected.result(), CellResult::Inconclusive);
  EXPECT_EQ(expected.path(TlsDirection::Tx), TlsPath::Unknown);
  EXPECT_EQ(expected.path(TlsDirection::Rx), TlsPath::Kernel);
  EXPECT_EQ(expected.because(), "TlsTxSw moved by 1");
  EXPECT_EQ(expected.verdict(), ProbeVerdict::Inconclusive);
  const JudgedCell other = judged(one, expecting(ExpectedPath::Any, ExpectedPath::Kernel));
  EXPECT_EQ(other.result(), CellResult::Inconclusive);
  EXPECT_EQ(other.verdict(), ProbeVerdict::AsExpected) << "receiving is what the profile asks for";
  const JudgedCell free = judged(one, Profile{});
  EXPECT_EQ(free.result(), CellResult::Inconclusive);
  EXPECT_EQ(free.verdict(), ProbeVerdict::AsExpected);
}

// What is known to be wrong is not excused by what is not known.
TEST(Verdict, AMissedPathBesideADoubtFails) {
  const JudgedCell got = judged(cell(TlsPath::Userspace, doubt("two disagree")),
                                expecting(ExpectedPath::Kernel, ExpectedPath::Kernel));
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(got.because(), "transmit is userspace, expected kernel, two disagree");
}

// The labels of a report are held against the counters and diagnostics in it.
TEST(Verdict, APathThatItsOwnEvidenceContradictsIsUnknown) {
  struct Case {
    const char* because;
    TlsPath tx;
    std::function<void(ProbeCell&)> change;
  };
  const Case cases[] = {
      {"transmit is said to be kernel, and neither TlsTxSw nor TlsTxDevice moved", TlsPath::Kernel,
       [](ProbeCell& c) { c.counters.clear(); }},
      {"transmit is said to be kernel, and socket diagnostics say base", TlsPath::Kernel,
       [](ProbeCell& c) { c.ulp->txconf = "base"; }},
      {"transmit is said to be kernel, and socket diagnostics say hw", TlsPath::Kernel,
       [](ProbeCell& c) { c.ulp->txconf = "hw"; }},
      {"transmit is said to be device, and socket diagnostics say sw", TlsPath::Device,
       [](ProbeCell& c) { c.ulp->txconf = "sw"; }},
      {"transmit is said to be device, and TlsTxDevice did not move", TlsPath::Device,
       [](ProbeCell& c) {
         c.counters = {{"TlsTxSw", 1}};
       }},
      {"transmit is said to be device, and socket diagnostics do not say so", TlsPath::Device,
       [](ProbeCell& c) { c.ulp.reset(); }},
      {"transmit is said to be userspace, and socket diagnostics say sw", TlsPath::Userspace,
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

// Without diagnostics the counters of a namespace of its own and OpenSSL settle the kernel.
TEST(Verdict, DiagnosticsThatAreNotThereContradictNoKernelPath) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Userspace);
  one.ulp.reset();
  EXPECT_EQ(judged(one, expecting(ExpectedPath::Kernel, ExpectedPath::Userspace)).result(),
            CellResult::Pass);
}

// "Expected kernel, got kernel, fail": the driver takes AES-128 alone, and the profile wants its
// feature on. What the profile says of the path is what counts.
TEST(Verdict, AFallbackRaisesAnyToDeviceAndLeavesThePathThatIsNamed) {
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

// A path that is too good cannot be had is never the reason.
TEST(Verdict, AKernelPathWhereUserSpaceIsExpectedFailsAlsoWhereTheRestCannotBeHad) {
  ProbeCell one = cell(TlsPath::Kernel, TlsPath::Userspace);
  one.possible = false;
  const JudgedCell got = judged(one, expecting(ExpectedPath::Userspace, ExpectedPath::Any));
  EXPECT_EQ(got.result(), CellResult::Fail);
  EXPECT_EQ(got.verdict(), ProbeVerdict::PathNotTaken);
}

TEST(Verdict, AnExpectationWithoutACellIsInconclusiveAndWarned) {
  const JudgedReport missing = judge({}, expecting(ExpectedPath::Kernel, ExpectedPath::Any));
  EXPECT_EQ(missing.verdict(), ProbeVerdict::Inconclusive);
  EXPECT_THAT(missing.report().warnings,
              ElementsAre("TLSv1.2 AES-128-GCM is expected by edge.yaml:12:7 and was not probed"));
  const JudgedReport free = judge({}, expecting(ExpectedPath::Any, ExpectedPath::Any));
  EXPECT_EQ(free.verdict(), ProbeVerdict::AsExpected);
  EXPECT_THAT(free.report().warnings, IsEmpty());
}

// The order of the exit codes: 4 before 1 before 3 before 0.
TEST(Verdict, TheWorstCellGivesTheVerdict) {
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

// Across the wire each host answers for its own end.
TEST(Verdict, OnlyOurOwnEndIsHeldAgainstOurProfile) {
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
