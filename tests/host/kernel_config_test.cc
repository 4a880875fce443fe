#include "host/kernel_config.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

constexpr std::string_view kText =
    "#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_TLS_DEVICE=y\nCONFIG_TLS=m\n"
    "# CONFIG_TLS_TOE is not set\nCONFIG_HZ=250\nMY_CONFIG_NUMA=y\n# see CONFIG_BPF=y\n";

TEST(KernelConfig, TellsTheThreeAnswersApart) {
  EXPECT_EQ(config_value(kText, "CONFIG_TLS"), "m");
  EXPECT_EQ(config_value(kText, "CONFIG_TLS_DEVICE"), "y");
  EXPECT_EQ(config_value(kText, "CONFIG_TLS_TOE"), "n");
  EXPECT_EQ(config_value(kText, "CONFIG_HZ"), "250");
}

TEST(KernelConfig, TakesOnlyWholeNamesAtTheStartOfALine) {
  for (const char* option : {"CONFIG_NUMA", "CONFIG_BPF", "CONFIG_TL", "CONFIG_TLS_"})
    EXPECT_EQ(config_value(kText, option), std::nullopt) << option;
}

TEST(KernelConfig, ReadsOddTextWithoutHarm) {
  EXPECT_EQ(config_value("", "CONFIG_TLS"), std::nullopt);
  EXPECT_EQ(config_value("CONFIG_TLS=", "CONFIG_TLS"), "");
  EXPECT_EQ(config_value("CONFIG_TLS=y", "CONFIG_TLS"), "y");
}

TEST(KernelConfig, LooksInBootFirstAndSaysWhereItRead) {
  testing::FakeMachine machine;
  machine.set("/lib/modules/6.1/config", "CONFIG_TLS=m");
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.1").source, "/lib/modules/6.1/config");
  machine.set("/boot/config-6.1", "CONFIG_TLS=y");
  const KernelConfig config = read_kernel_config(machine.host().files(), "6.1");
  EXPECT_EQ(config.source, "/boot/config-6.1");
  EXPECT_EQ(config.text, "CONFIG_TLS=y\n");
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.2").source, "");
}

}  // namespace
}  // namespace tuner
