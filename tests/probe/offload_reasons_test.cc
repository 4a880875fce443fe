#include "probe/offload_reasons.h"

#include "probe/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr NicFeature kOn{.supported = true, .requested = true, .active = true};
constexpr NicFeature kOff{.supported = true};
constexpr NicFeature kDropped{.supported = true, .requested = true};
constexpr NicFeature kFixed{.fixed = true};

Nic nic(const std::string& name, NicFeature tx, NicFeature rx) {
  return {.name = name,
          .physical = true,
          .kind = "physical",
          .driver = "mlx5_core",
          .permanent_address = "02:00:00:00:00:01",
          .features = {{"tls-hw-tx-offload", tx},
                       {"tls-hw-rx-offload", rx},
                       {"tx-checksum-ip-generic", kOn},
                       {"rx-checksum", kOn}}};
}

Facts facts(Nic eth0) {
  Facts facts;
  facts.host.kernel = "6.1.0";
  facts.nics = {std::move(eth0)};
  return facts;
}

Profile expecting(ExpectedPath tx, ExpectedPath rx, TlsVersion version = TlsVersion::Tls12) {
  Profile profile;
  profile.expect = {{.version = version, .ciphers = {TlsCipher::Aes128Gcm}, .tx = tx, .rx = rx}};
  return profile;
}

// Both directions of this host's end were in the kernel, over eth0; the other end was in the NIC.
ProbeReport report(const char* mode = "listen") {
  ProbeCell cell{.tx = TlsPath::Kernel,
                 .rx = TlsPath::Kernel,
                 .bytes = 8,
                 .intact = true,
                 .counters = {{"TlsTxSw", 1}, {"TlsRxSw", 1}},
                 .ulp = UlpInfo{"TLSv1.2", "AES-128-GCM", "sw", "sw"},
                 .interface = "eth0",
                 .nics = {"eth0"},
                 .client = ProbeEnd{.tx = TlsPath::Device,
                                    .rx = TlsPath::Device,
                                    .counters = {{"TlsTxDevice", 1}, {"TlsRxDevice", 1}},
                                    .ulp = UlpInfo{"TLSv1.2", "AES-128-GCM", "hw", "hw"}}};
  return {.mode = mode, .cells = {std::move(cell)}};
}

JudgedCell judged(ProbeReport probed, const Profile& profile, const OffloadFacts& known) {
  explain_offload(probed, profile, known);
  return judge(std::move(probed), profile).cells().at(0);
}

JudgedCell judged(const Nic& now,
                  const Profile& profile = expecting(ExpectedPath::Device, ExpectedPath::Any)) {
  const Facts known = facts(now);
  return judged(report(), profile, {.before = known, .after = known, .wanted = {}});
}

TEST(OffloadReasons, WithoutAnotherReasonTheDriverRefused) {
  const JudgedCell result = judged(nic("eth0", kOn, kOff));
  EXPECT_EQ(result.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(result.result(), CellResult::Fail);
  EXPECT_THAT(result.because(), HasSubstr("transmit is kernel, expected device: "));
  EXPECT_THAT(result.because(),
              HasSubstr("mlx5_core refused the connection for sending (tls_dev_add)"));
}

TEST(OffloadReasons, OffDroppedAndFixedAreDistinguished) {
  const JudgedCell off = judged(nic("eth0", kOff, kOff));
  EXPECT_EQ(off.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_THAT(off.because(), HasSubstr("tls-hw-tx-offload of eth0 is off"));
  Nic dropped = nic("eth0", kDropped, kOff);
  dropped.features["tx-checksum-ip-generic"] = kOff;
  const JudgedCell unsummed = judged(dropped);
  EXPECT_EQ(unsummed.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_THAT(unsummed.because(), HasSubstr("tx checksum offload of eth0 is off"));
  const JudgedCell fixed = judged(nic("eth0", kFixed, kFixed));
  EXPECT_EQ(fixed.verdict(), ProbeVerdict::Unsupported);
  EXPECT_EQ(fixed.result(), CellResult::Unsupported);
}

TEST(OffloadReasons, VersionAndCipherAreNamed) {
  ProbeReport probed = report();
  probed.cells[0].version = TlsVersion::Tls13;
  const Facts known = facts(nic("eth0", kOn, kOn));
  const JudgedCell result =
      judged(probed, expecting(ExpectedPath::Device, ExpectedPath::Any, TlsVersion::Tls13),
             {.before = known, .after = known, .wanted = {}});
  EXPECT_EQ(result.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_THAT(result.because(), HasSubstr("Linux offloads only TLS 1.2 to NICs"));
  EXPECT_THAT(result.because(), Not(HasSubstr("tls_dev_add")));
}

TEST(OffloadReasons, AFeatureSwitchedDuringTheProbeIsTheReason) {
  const Facts before = facts(nic("eth0", kOff, kOff));
  const Facts after = facts(nic("eth0", kOn, kOff));
  const Profile profile = expecting(ExpectedPath::Device, ExpectedPath::Any);
  const JudgedCell on = judged(report(), profile, {.before = before, .after = after, .wanted = {}});
  EXPECT_EQ(on.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_THAT(on.because(), HasSubstr("was switched on after the connection began"));
  const JudgedCell off =
      judged(report(), profile, {.before = after, .after = before, .wanted = {}});
  EXPECT_THAT(off.because(), HasSubstr("tls-hw-tx-offload of eth0 is off"));
}

TEST(OffloadReasons, ARouteOverASoftwareInterfaceIsTheReason) {
  const Facts known = facts(nic("eth0", kOn, kOn));
  const Profile profile = expecting(ExpectedPath::Device, ExpectedPath::Any);
  ProbeReport over_lo = report();
  over_lo.cells[0].interface = "lo";
  EXPECT_THAT(judged(over_lo, profile, {.before = known, .after = known}).because(),
              HasSubstr("does not leave this machine (lo); probe from another host"));
  ProbeReport unknown = report();
  unknown.cells[0].interface = "";
  unknown.cells[0].nics = {};
  EXPECT_THAT(judged(unknown, profile, {.before = known, .after = known}).because(),
              HasSubstr("the output interface of this end is not known"));
  Facts vlan = known;
  vlan.nics.push_back({.name = "eth0.5", .kind = "vlan", .lowers = {"eth0"}});
  ProbeReport over_vlan = report();
  over_vlan.cells[0].interface = "eth0.5";
  const JudgedCell result = judged(over_vlan, profile, {.before = vlan, .after = vlan});
  EXPECT_EQ(result.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_THAT(result.because(), HasSubstr("eth0.5 is a VLAN on eth0"));
}

TEST(OffloadReasons, ABondIsExaminedWithItsMembers) {
  Facts known = facts(nic("eth0", kOn, kOn));
  known.nics.push_back({.name = "bond0",
                        .kind = "bond",
                        .lowers = {"eth0"},
                        .bond_mode = "active-backup",
                        .bond_hash_policy = "layer2"});
  ProbeReport over_bond = report();
  over_bond.cells[0].interface = "bond0";
  const JudgedCell result = judged(over_bond, expecting(ExpectedPath::Device, ExpectedPath::Any),
                                   {.before = known, .after = known});
  EXPECT_EQ(result.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_THAT(result.because(), HasSubstr("bond0 has mode active-backup"));
}

// The expectation is `any`, but the profile wants the feature, and the NIC has it on.
TEST(OffloadReasons, AWantedActiveFeatureThatIsNotUsedIsAFallback) {
  const Facts known = facts(nic("eth0", kOn, kOff));
  const std::vector<WantedOffload> wanted{{.nic = known.nics[0].key()}};
  const JudgedCell result =
      judged(report(), Profile{}, {.before = known, .after = known, .wanted = wanted});
  EXPECT_EQ(result.verdict(), ProbeVerdict::PathNotTaken);
  EXPECT_EQ(result.result(), CellResult::Fail);
  EXPECT_EQ(result.expected(TlsDirection::Tx), ExpectedPath::Device);
  EXPECT_THAT(result.because(), HasSubstr("transmit is kernel, expected device: the profile wants "
                                          "TLS offload and the NIC has it on, but software did the "
                                          "work; no known reason"));
  ProbeReport newer = report();
  newer.cells[0].version = TlsVersion::Tls13;
  const JudgedCell by_design =
      judged(newer, Profile{}, {.before = known, .after = known, .wanted = wanted});
  EXPECT_EQ(by_design.verdict(), ProbeVerdict::AsExpected);
  EXPECT_THAT(by_design.because(), HasSubstr("Linux offloads only TLS 1.2"));
}

// Whether a driver outside the table supports AES-256-GCM is not known: its refusal is a reason,
// not a fallback, with an expectation of `kernel` and without any.
TEST(OffloadReasons, AnUnknownDriverThatRefusesAes256DoesNotFailTheCell) {
  Nic unknown = nic("eth0", kOn, kOn);
  unknown.driver = "labnic";
  const Facts known = facts(unknown);
  const std::vector<WantedOffload> wanted{{.nic = known.nics[0].key()}};
  for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm}) {
    ProbeReport probed = report();
    probed.cells[0].cipher = cipher;
    Profile kernel = expecting(ExpectedPath::Kernel, ExpectedPath::Kernel);
    kernel.expect[0].ciphers = {cipher};
    const OffloadFacts with{.before = known, .after = known, .wanted = wanted};
    const JudgedCell named = judged(probed, kernel, with);
    EXPECT_EQ(named.result(), CellResult::Pass) << tls_cipher_name(cipher);
    EXPECT_EQ(named.verdict(), ProbeVerdict::AsExpected);
    EXPECT_THAT(named.because(), HasSubstr("labnic refused the connection for sending"));
    const JudgedCell free = judged(probed, Profile{}, with);
    EXPECT_EQ(free.result(), cipher == TlsCipher::Aes128Gcm ? CellResult::Fail : CellResult::Pass);
  }
}

TEST(OffloadReasons, NoReasonIsGivenIfOffloadIsOffAndNotExpected) {
  const JudgedCell result =
      judged(nic("eth0", kOff, kOff), expecting(ExpectedPath::Kernel, ExpectedPath::Kernel));
  EXPECT_EQ(result.verdict(), ProbeVerdict::AsExpected);
  EXPECT_EQ(result.because(), "");
}

// In mode "connect" this host's end is the client, which was in the NIC.
TEST(OffloadReasons, OnlyThisHostsEndIsExplainedAndJudged) {
  const Facts known = facts(nic("eth0", kOn, kOn));
  const JudgedCell result =
      judged(report("connect"), expecting(ExpectedPath::Device, ExpectedPath::Device),
             {.before = known, .after = known});
  EXPECT_EQ(result.verdict(), ProbeVerdict::AsExpected);
  EXPECT_EQ(result.because(), "");
}

TEST(OffloadReasons, AnUnknownPathIsNotExplained) {
  ProbeReport probed = report();
  probed.cells[0].tx = probed.cells[0].rx = PathFinding::unknown("two disagree");
  const Facts known = facts(nic("eth0", kOn, kOn));
  const JudgedCell result = judged(probed, expecting(ExpectedPath::Device, ExpectedPath::Any),
                                   {.before = known, .after = known});
  EXPECT_EQ(result.result(), CellResult::Inconclusive);
  EXPECT_EQ(result.because(), "two disagree");
}

// Without a profile: a NIC that has the feature on is expected to do it, one that has it off is
// not.
TEST(OffloadReasons, AKernelPathIsExplainedWhereTheNicHasTheFeatureOn) {
  const ProbeEnd end{.interface = "eth0", .nics = {"eth0"}};
  const auto why = [&](NicFeature tx, TlsVersion version) {
    const Facts known = facts(nic("eth0", tx, kOff));
    return why_kernel_sent(version, TlsCipher::Aes128Gcm, end,
                           {.before = known, .after = known, .wanted = {}});
  };
  EXPECT_THAT(why(kOn, TlsVersion::Tls12), HasSubstr("refused the connection for sending"));
  EXPECT_THAT(why(kOn, TlsVersion::Tls13), HasSubstr("offloads only TLS 1.2"));
  EXPECT_EQ(why(kOff, TlsVersion::Tls12), "");
}

}  // namespace
}  // namespace tuner
