#include "host/facts/collect.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;
using testing::two_node_machine;

constexpr const char* kModalias = "/sys/devices/system/cpu/modalias";
constexpr const char* kGcm =
    "name         : gcm(aes)\ndriver       : generic-gcm-aesni\nmodule       : aesni_intel\n"
    "priority     : 400\nselftest     : passed\ninternal     : no\ntype         : aead\n"
    "async        : yes\n";

std::optional<CryptoFacts> crypto_of(FakeMachine& machine) {
  return collect_facts(machine.host(), FactNeed::Crypto).crypto;
}

TEST(CollectCrypto, ReadsDriversModulesAndTheCpu) {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/crypto", kGcm);
  machine.set("/sys/module/aesni_intel/initstate", "live");
  machine.set(kModalias, "cpu:type:x86,ven0000fam0006mod006A:feature:,0000,0081,0099,00C0");
  const auto crypto = crypto_of(machine);
  ASSERT_TRUE(crypto);
  ASSERT_EQ(crypto->drivers.size(), 1U);
  EXPECT_EQ(crypto->drivers[0],
            (CryptoDriver{"gcm(aes)", "generic-gcm-aesni", "aesni_intel", 400, true}));
  EXPECT_EQ(crypto->accelerators, std::vector<std::string>{"aesni_intel"});
  EXPECT_EQ(crypto->cpu, "x86");
  EXPECT_EQ(crypto->cpu_aes, true);
}

TEST(CollectCrypto, ReadsTheCpuFromItsModalias) {
  struct Case {
    const char* text;
    const char* cpu;
    std::optional<bool> aes;
  };
  const Case cases[] = {
      {"cpu:type:x86,ven0000fam000Fmod0000:feature:,0000,0081", "x86", false},
      {"cpu:type:x86,ven0099fam0006:feature:,0000", "x86", false},
      {"cpu:type:aarch64:feature:,0000,0001,0003,0004", "aarch64", true},
      {"cpu:type:aarch64:feature:,0000,0001", "aarch64", false},
      {"cpu:type:s390:feature:,0000", "s390", std::nullopt},
      {"", "", std::nullopt},
      {"cpu:type:x86", "", std::nullopt},
  };
  for (const Case& c : cases) {
    FakeMachine machine = two_node_machine();
    machine.set("/proc/crypto", kGcm);
    machine.set(kModalias, c.text);
    const auto crypto = crypto_of(machine);
    ASSERT_TRUE(crypto);
    EXPECT_EQ(crypto->cpu, c.cpu) << c.text;
    EXPECT_EQ(crypto->cpu_aes, c.aes) << c.text;
  }
}

TEST(CollectCrypto, AnUnreadableProcCryptoIsUnread) {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/crypto", kGcm);
  machine->unreadable.insert("/proc/crypto");
  const Facts facts = collect_facts(machine.host(), FactNeed::Crypto);
  EXPECT_EQ(facts.crypto, std::nullopt);
  ASSERT_NE(facts.failed_read(FactNeed::Crypto), nullptr);
  EXPECT_NE(facts.failed_read(FactNeed::Crypto)->error.text.find("/proc/crypto"),
            std::string::npos);
}

TEST(CollectCrypto, IsReadOnlyIfRequested) {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/crypto", kGcm);
  EXPECT_EQ(collect_facts(machine.host(), FactNeed::Topology).crypto, std::nullopt);
}

}  // namespace
}  // namespace tuner
