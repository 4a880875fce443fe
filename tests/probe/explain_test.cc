#include "probe/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LibraryFacts openssl30() {
  return {.version = "OpenSSL 3.0.17 1 Jul 2025",
          .abilities = {{TlsVersion::Tls12, TlsCipher::Aes128Gcm, true, true},
                        {TlsVersion::Tls12, TlsCipher::Chacha20Poly1305, true, true},
                        {TlsVersion::Tls13, TlsCipher::Aes128Gcm, true, false},
                        {TlsVersion::Tls13, TlsCipher::Aes128Ccm, false, false}}};
}

ExplainInput loaded() {
  return {.tls = {.state = ModuleState::Live},
          .tls_loaded = true,
          .library = openssl30(),
          .offer = KernelAnswer{}};
}

ExplainInput without_module(ModuleState state) {
  return {.tls = {.state = state, .because = "evidence"}, .library = openssl30()};
}

TEST(Explain, BothDirectionsInTheKernelNeedNoReason) {
  ExplainInput situation = loaded();
  situation.tx = situation.rx = true;
  EXPECT_EQ(explain(situation).because, "");
  EXPECT_TRUE(explain(situation).possible);
}

TEST(Explain, ALimitOfTheLibraryNamesTheVersionWithoutIt) {
  ExplainInput situation = loaded();
  situation.version = TlsVersion::Tls13;
  situation.tx = true;
  const Explanation explanation = explain(situation);
  EXPECT_EQ(explanation.because,
            "OpenSSL 3.0.17 does not offload TLSv1.3 AES-128-GCM receiving (OpenSSL 3.2 and later "
            "can)");
  EXPECT_TRUE(explanation.possible);
}

TEST(Explain, ALibraryWithoutBothDirectionsIsReportedOnce) {
  ExplainInput situation = loaded();
  situation.version = TlsVersion::Tls13;
  situation.cipher = TlsCipher::Aes128Ccm;
  EXPECT_EQ(explain(situation).because,
            "OpenSSL 3.0.17 does not offload TLSv1.3 AES-128-CCM sending or receiving");
}

TEST(Explain, ALoadableModuleIsPossible) {
  for (const ModuleState state : {ModuleState::Loadable, ModuleState::Unknown}) {
    const Explanation explanation = explain(without_module(state));
    EXPECT_THAT(explanation.because, HasSubstr("modprobe tls"));
    EXPECT_TRUE(explanation.possible);
  }
}

TEST(Explain, AKernelWithoutTlsIsImpossibleWithEvidence) {
  struct Case {
    ModuleState state;
    const char* because;
  };
  for (const Case& c :
       {Case{ModuleState::NotBuilt, "this kernel is built without TLS (evidence)"},
        Case{ModuleState::Missing, "no tls module is installed"},
        Case{ModuleState::DenyListed, "module tls is deny-listed (evidence)"},
        Case{ModuleState::Locked, "module tls is not loaded and module loading is disabled"}}) {
    const Explanation explanation = explain(without_module(c.state));
    EXPECT_THAT(explanation.because, HasSubstr(c.because));
    EXPECT_FALSE(explanation.possible);
  }
}

// Loading the module would not be enough: the operator learns of both causes at once.
TEST(Explain, TheLibrarysCauseFollowsTheKernels) {
  ExplainInput situation = without_module(ModuleState::Loadable);
  situation.version = TlsVersion::Tls13;
  EXPECT_THAT(explain(situation).because,
              ::testing::MatchesRegex("module tls is not loaded.*; OpenSSL 3.0.17 does not .*"));
}

TEST(Explain, ACipherUnknownToTheKernelIsImpossible) {
  ExplainInput situation = loaded();
  situation.cipher = TlsCipher::Chacha20Poly1305;
  situation.offer = KernelAnswer{.tx = EINVAL, .rx = EINVAL};
  const Explanation explanation = explain(situation);
  EXPECT_EQ(explanation.because,
            "this kernel does not support TLSv1.2 CHACHA20-POLY1305 sending or receiving");
  EXPECT_FALSE(explanation.possible);
}

TEST(Explain, AMissingCipherModuleIsDistinguished) {
  ExplainInput situation = loaded();
  situation.offer = KernelAnswer{.tx = ENOENT, .rx = EPERM};
  EXPECT_EQ(explain(situation).because,
            "this kernel lacks the cipher module for TLSv1.2 AES-128-GCM sending; the kernel "
            "refuses TLSv1.2 AES-128-GCM receiving: Operation not permitted");
}

// The kernel refused the made-up key for a direction that was in the kernel: this is ignored.
TEST(Explain, OnlyAUserSpaceDirectionIsExplained) {
  ExplainInput situation = loaded();
  situation.tx = true;
  situation.offer = KernelAnswer{.tx = EINVAL, .rx = 0};
  EXPECT_THAT(explain(situation).because, Not(HasSubstr("sending")));
  EXPECT_TRUE(explain(situation).possible);
}

TEST(Explain, NotRequestedIsTheFirstCause) {
  ExplainInput situation = loaded();
  situation.asked = false;
  situation.offer.reset();
  EXPECT_EQ(explain(situation).because, "kernel TLS was not requested (SSL_OP_ENABLE_KTLS is off)");
}

TEST(Explain, AnUnknownCauseIsReported) {
  EXPECT_THAT(explain(loaded()).because, HasSubstr("no cause found"));
}

TEST(Explain, ACipherThatIsNotOfferedHasNoAbility) {
  EXPECT_FALSE(ability_for(openssl30(), TlsVersion::Tls13, TlsCipher::Aes256Gcm));
  EXPECT_TRUE(ability_for(openssl30(), TlsVersion::Tls13, TlsCipher::Aes128Gcm)->tx);
}

}  // namespace
}  // namespace tuner
