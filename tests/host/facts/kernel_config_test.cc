#include "host/facts/kernel_config.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

#include <array>

namespace tuner {
namespace {

constexpr std::string_view kText =
    "#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_TLS_DEVICE=y\nCONFIG_TLS=m\n"
    "# CONFIG_TLS_TOE is not set\nCONFIG_HZ=250\nMY_CONFIG_NUMA=y\n# see CONFIG_BPF=y\n";

// printf 'CONFIG_TLS=m\n' | gzip -n
constexpr std::string_view kPackedTls(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x73\xf6\xf7\x73\xf3\x74\x8f\x0f\xf1\x09"
    "\xb6\xcd\xe5\x02\x00\x4c\xe4\x3b\x11\x0d\x00\x00\x00",
    33);

TEST(KernelConfig, ReadsModuleBuiltInUnsetAndNumber) {
  EXPECT_EQ(config_value(kText, "CONFIG_TLS"), "m");
  EXPECT_EQ(config_value(kText, "CONFIG_TLS_DEVICE"), "y");
  EXPECT_EQ(config_value(kText, "CONFIG_TLS_TOE"), "n");
  EXPECT_EQ(config_value(kText, "CONFIG_HZ"), "250");
}

TEST(KernelConfig, MatchesWholeNamesAtTheStartOfALine) {
  for (const char* option : {"CONFIG_NUMA", "CONFIG_BPF", "CONFIG_TL", "CONFIG_TLS_"})
    EXPECT_EQ(config_value(kText, option), std::nullopt) << option;
}

TEST(KernelConfig, MalformedTextDoesNotCrash) {
  EXPECT_EQ(config_value("", "CONFIG_TLS"), std::nullopt);
  EXPECT_EQ(config_value("CONFIG_TLS=", "CONFIG_TLS"), "");
  EXPECT_EQ(config_value("CONFIG_TLS=y", "CONFIG_TLS"), "y");
}

TEST(KernelConfig, OnePassFindsWhatSingleSearchesFind) {
  constexpr std::array<std::string_view, 9> kNames{
      "CONFIG_TLS", "CONFIG_TLS_DEVICE", "CONFIG_TLS_TOE", "CONFIG_HZ", "CONFIG_NUMA",
      "CONFIG_BPF", "CONFIG_TL",         "CONFIG_TLS_",    "CONFIG_"};
  for (const std::string_view text :
       {kText, std::string_view(), std::string_view("CONFIG_TLS="), std::string_view("CONFIG_HZ"),
        std::string_view("# CONFIG_TLS is not set\nCONFIG_TLS=y\nCONFIG_TLS=m"),
        std::string_view("\n\n# CONFIG_HZ is not set"), std::string_view("# CONFIG_TLS is no")}) {
    const auto found = config_values(text, kNames);
    for (const std::string_view name : kNames) {
      const auto one = config_value(text, name);
      const auto at = found.find(std::string(name));
      EXPECT_EQ(at == found.end() ? std::nullopt : std::optional(at->second), one) << name << text;
    }
  }
}

TEST(KernelConfig, SearchesBootFirstAndNamesTheFile) {
  testing::FakeMachine machine;
  machine.set("/lib/modules/6.1/config", "CONFIG_TLS=m");
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.1").source, "/lib/modules/6.1/config");
  machine.set("/boot/config-6.1", "CONFIG_TLS=y");
  const KernelConfig config = read_kernel_config(machine.host().files(), "6.1");
  EXPECT_EQ(config.source, "/boot/config-6.1");
  EXPECT_EQ(config.text, "CONFIG_TLS=y\n");
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.2").source, "");
}

TEST(KernelConfig, ProcConfigGzIsLast) {
  testing::FakeMachine machine;
  machine->files["/proc/config.gz"] = std::string(
      "\x1f\x8b"
      "truncated");
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.1").source, "") << "damaged";
  machine->files["/proc/config.gz"] = std::string(kPackedTls);
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.1").text, "CONFIG_TLS=m\n");
  machine.set("/proc/config.gz", "# CONFIG_TLS is not set");
  const KernelConfig config = read_kernel_config(machine.host().files(), "6.1");
  EXPECT_EQ(config.source, "/proc/config.gz") << "decompressed, as in a recording";
  EXPECT_EQ(config_value(config.text, "CONFIG_TLS"), "n");
  machine.set("/boot/config-6.1", "CONFIG_TLS=y");
  EXPECT_EQ(read_kernel_config(machine.host().files(), "6.1").source, "/boot/config-6.1");
}

}  // namespace
}  // namespace tuner
