#include "host/facts/parts.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

TEST(CollectKernel, ReadsTheOptionsForKernelTls) {
  FakeMachine machine;
  machine.set("/boot/config-6.1",
              "CONFIG_TLS=m\nCONFIG_TLS_DEVICE=y\n# CONFIG_TLS_TOE is not set\n"
              "CONFIG_EXT4_FS=y");
  machine.set("/sys/kernel/security/lockdown", "none [integrity] confidentiality");
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "espintcp mptcp tls");
  machine.set("/sys/module/tls/initstate", "live");
  const KernelFacts kernel = collect_kernel(machine.host().files(), "6.1");
  EXPECT_EQ(kernel.tls.state, ModuleState::Live);
  EXPECT_EQ(kernel.config_source, "/boot/config-6.1");
  EXPECT_EQ(kernel.config,
            (std::map<std::string, std::string>{
                {"CONFIG_TLS", "m"}, {"CONFIG_TLS_DEVICE", "y"}, {"CONFIG_TLS_TOE", "n"}}));
  EXPECT_EQ(kernel.lockdown, "integrity");
  EXPECT_EQ(kernel.available_ulp, (std::vector<std::string>{"espintcp", "mptcp", "tls"}));
}

TEST(CollectKernel, AnEmptyMachineHasEmptyFacts) {
  const KernelFacts kernel = collect_kernel(FakeMachine().host().files(), "6.1");
  EXPECT_EQ(kernel.tls.state, ModuleState::Missing);
  EXPECT_EQ(kernel.config_source, "");
  EXPECT_TRUE(kernel.config.empty());
  EXPECT_EQ(kernel.lockdown, "");
  EXPECT_TRUE(kernel.available_ulp.empty());
}

TEST(CollectKernel, ReadsTheOptionsOfNicDrivers) {
  testing::FakeMachine machine;
  machine.set("/boot/config-6.1",
              "CONFIG_TLS=m\n# CONFIG_MLX5_EN_TLS is not set\nCONFIG_CHELSIO_TLS_DEVICE=m");
  const KernelFacts kernel = collect_kernel(machine.host().files(), "6.1");
  EXPECT_EQ(kernel.config.at("CONFIG_MLX5_EN_TLS"), "n");
  EXPECT_EQ(kernel.config.at("CONFIG_CHELSIO_TLS_DEVICE"), "m");
}

TEST(CollectKernel, MalformedLockdownTextIsEmpty) {
  FakeMachine machine;
  for (const char* text : {"none", "none ]integrity[", "[", "[open"}) {
    machine.set("/sys/kernel/security/lockdown", text);
    EXPECT_EQ(collect_kernel(machine.host().files(), "6.1").lockdown, "") << text;
  }
}

TEST(CollectTlsStat, IsAbsentUntilTlsIsLoaded) {
  EXPECT_EQ(collect_tls_stat(FakeMachine().host().files()), std::nullopt);
}

TEST(CollectTlsStat, KeepsAllNamesAndSkipsMalformedLines) {
  FakeMachine machine;
  machine.set("/proc/net/tls_stat",
              "TlsCurrTxSw                     \t1\nTlsTxRekeyOk\t18446744073709551615\n"
              "Broken\nTooMany 1 2\nNegative -1\nWord x\nTooLarge 18446744073709551616\n");
  EXPECT_EQ(collect_tls_stat(machine.host().files()),
            (std::map<std::string, std::uint64_t>{{"TlsCurrTxSw", 1},
                                                  {"TlsTxRekeyOk", 18446744073709551615U}}));
}

}  // namespace
}  // namespace tuner
