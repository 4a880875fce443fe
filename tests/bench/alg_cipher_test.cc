#include "bench/load/kernel/alg_cipher.h"

#include "support/fake_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr const char* kCrypto =
    "name         : gcm(aes)\ndriver       : generic-gcm-aesni\n\n"
    "name         : ccm(aes)\ndriver       : ccm_base\n";

FakeMachine with_af_alg() {
  FakeMachine machine;
  machine.set("/proc/sys/kernel/osrelease", "6.1.0-32-amd64");
  machine.set("/sys/module/af_alg/initstate", "live");
  machine.set("/sys/module/algif_aead/initstate", "live");
  machine.set("/proc/crypto", kCrypto);
  return machine;
}

std::optional<std::string> why_not(const FakeMachine& machine, TlsCipher cipher) {
  return why_no_alg_cipher(machine.host().files(), cipher);
}

TEST(AlgCipher, WhatIsLoadedMayBeAsked) {
  const FakeMachine machine = with_af_alg();
  EXPECT_FALSE(why_not(machine, TlsCipher::Aes128Gcm));
  EXPECT_FALSE(why_not(machine, TlsCipher::Aes256Gcm));
  EXPECT_FALSE(why_not(machine, TlsCipher::Aes128Ccm));
}

TEST(AlgCipher, WhatIsBuiltInMayBeAsked) {
  FakeMachine machine = with_af_alg();
  machine.remove("/sys/module/algif_aead/initstate");
  machine.set("/lib/modules/6.1.0-32-amd64/modules.builtin", "kernel/crypto/algif_aead.ko");
  EXPECT_FALSE(why_not(machine, TlsCipher::Aes128Gcm));
}

TEST(AlgCipher, NothingIsLoadedForTheSakeOfAFigure) {
  FakeMachine machine = with_af_alg();
  EXPECT_THAT(why_not(machine, TlsCipher::Chacha20Poly1305),
              Optional(HasSubstr("does not list rfc7539(chacha20,poly1305)")));
  machine.remove("/sys/module/algif_aead/initstate");
  EXPECT_THAT(why_not(machine, TlsCipher::Aes128Gcm),
              Optional(HasSubstr("module algif_aead is not loaded")));
}

// A list that cannot be read is no list without the cipher.
TEST(AlgCipher, AnUnreadableListIsAReasonOfItsOwn) {
  FakeMachine machine = with_af_alg();
  machine.remove("/proc/crypto");
  EXPECT_THAT(why_not(machine, TlsCipher::Aes128Gcm), Optional(HasSubstr("/proc/crypto")));
}

}  // namespace
}  // namespace tuner
