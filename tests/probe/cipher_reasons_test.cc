#include "probe/cipher_reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

CryptoFacts plain() {
  return {.drivers = {{"gcm(aes)", "gcm_base(ctr(aes-generic),ghash-generic)", "gcm", 100, false}},
          .cpu = "x86",
          .cpu_aes = false};
}

ProbeReport report(TlsCipher cipher, PathFinding tx, PathFinding rx) {
  ProbeReport made;
  made.cells = {{.cipher = cipher, .tx = tx, .rx = rx, .because = "first"}};
  return made;
}

TEST(CipherReasons, AGenericCipherDriverIsNamed) {
  for (const bool sends : {true, false}) {
    ProbeReport probed = report(TlsCipher::Aes256Gcm, sends ? TlsPath::Kernel : TlsPath::Userspace,
                                sends ? TlsPath::Userspace : TlsPath::Kernel);
    explain_ciphers(probed, plain());
    EXPECT_THAT(probed.cells[0].because,
                HasSubstr("first; the kernel's gcm(aes) is gcm_base(ctr(aes-generic),ghash-generic)"
                          ", a generic driver (aes-generic is plain C); this (virtual) CPU has "
                          "no aes flag"));
    EXPECT_THAT(probed.warnings, SizeIs(1));
  }
}

TEST(CipherReasons, OtherPathsAndFastDriversGetNoReason) {
  CryptoFacts fast = plain();
  fast.drivers[0].driver = "generic-gcm-aesni";
  struct Case {
    ProbeReport report;
    std::optional<CryptoFacts> crypto;
  };
  const Case cases[] = {
      {report(TlsCipher::Aes128Gcm, TlsPath::Kernel, TlsPath::Kernel), fast},
      {report(TlsCipher::Aes128Gcm, TlsPath::Kernel, TlsPath::Kernel), std::nullopt},
      {report(TlsCipher::Aes128Gcm, TlsPath::Device, TlsPath::Userspace), plain()},
      {report(TlsCipher::Chacha20Poly1305, TlsPath::Kernel, TlsPath::Kernel), plain()},
  };
  for (const Case& c : cases) {
    ProbeReport probed = c.report;
    explain_ciphers(probed, c.crypto);
    EXPECT_EQ(probed.cells[0].because, "first");
    EXPECT_THAT(probed.warnings, IsEmpty());
  }
}

// In mode "connect" this host's end is the client.
TEST(CipherReasons, OnlyThisHostsEndCounts) {
  ProbeReport probed = report(TlsCipher::Aes128Gcm, TlsPath::Kernel, TlsPath::Kernel);
  probed.mode = "connect";
  probed.cells[0].client = ProbeEnd{.tx = TlsPath::Device, .rx = TlsPath::Userspace};
  explain_ciphers(probed, plain());
  EXPECT_EQ(probed.cells[0].because, "first");
}

}  // namespace
}  // namespace tuner
