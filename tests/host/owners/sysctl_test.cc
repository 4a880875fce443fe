#include "host/owners/owners_test.h"

namespace tuner::testing {
namespace {

const std::string kName = "net.core.rmem_max";

std::string external_settings(const FakeMachine& machine) {
  return external_of(machine, "sysctl.d");
}

TEST(SysctlFileSettings, TheLastFileByNameWinsInAnyFolder) {
  FakeMachine machine;
  machine.set("/run/systemd/system/x", "");
  machine.set("/etc/sysctl.d/10-a.conf", "# first\n\nnet.core.rmem_max = 1\n");
  machine.set("/usr/lib/sysctl.d/50-b.conf", "; x\n  net/core/rmem_max=2 \nnot a setting\n");
  EXPECT_EQ(external_settings(machine),
            "sysctl net.core.rmem_max = 2 (/usr/lib/sysctl.d/50-b.conf:2)\n");
}

TEST(SysctlFileSettings, AFileHidesFilesOfThatNameInLaterFolders) {
  FakeMachine machine;
  machine.set("/usr/lib/sysctl.d/50-b.conf", "net.core.rmem_max = 2\n");
  machine.set("/etc/sysctl.d/50-b.conf", "net.core.wmem_max = 3\n");
  machine.set("/etc/sysctl.d/README", "net.core.rmem_max = 4\n");
  EXPECT_EQ(external_settings(machine),
            "sysctl net.core.wmem_max = 3 (/etc/sysctl.d/50-b.conf:1)\n");
}

TEST(SysctlFileSettings, IgnoresTheFileOfThisTool) {
  FakeMachine machine;
  machine.set("/etc/sysctl.d/90-ktls-tuner.conf", "-net.core.rmem_max = 2\n");
  EXPECT_EQ(external_settings(machine), "");
}

TEST(SysctlFileSettings, ADashIgnoresErrorsOrExcludesFromAPattern) {
  FakeMachine machine;
  machine.set("/usr/lib/sysctl.d/50-default.conf",
              "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n"
              "-net.core.rmem_max = 5\n");
  machine.set("/etc/sysctl.d/10-own.conf", "net.ipv4.conf.eth0.rp_filter = 0\n");
  const auto found = collect_facts(machine.host(), FactNeed::ExternalSettings).external_settings;
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].setting, "net.ipv4.conf.eth0.rp_filter");
  EXPECT_EQ(found[1].setting, "net.ipv4.conf.*.rp_filter");
  EXPECT_EQ(found[1].except, (std::vector<std::string>{"net.ipv4.conf.eth0.rp_filter",
                                                       "net.ipv4.conf.all.rp_filter"}));
  EXPECT_EQ(found[2].setting, "net.core.rmem_max");
  EXPECT_EQ(found[2].value, "5");
}

TEST(SysctlFileSettings, ReadsSysctlConfLastAndOnlyWithoutSystemd) {
  FakeMachine machine;
  machine.set("/etc/sysctl.conf", "net.core.rmem_max = 7\n");
  machine.set("/etc/sysctl.d/zz.conf", "net.core.rmem_max = 8\n");
  EXPECT_EQ(external_settings(machine), "sysctl net.core.rmem_max = 7 (/etc/sysctl.conf:1)\n");
  machine.set("/run/systemd/system/x", "");
  EXPECT_EQ(external_settings(machine), "sysctl net.core.rmem_max = 8 (/etc/sysctl.d/zz.conf:1)\n");
}

}  // namespace
}  // namespace tuner::testing
