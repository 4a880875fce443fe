#include "host/owners/owners_test.h"

namespace tuner::testing {
namespace {

std::string external_settings(const FakeMachine& machine) {
  return external_of(machine, "tuned");
}

// A machine with TuneD running and `profile` as its active profile /etc/tuned/web/tuned.conf.
FakeMachine machine_with(std::string_view profile) {
  FakeMachine machine = two_node_machine();
  machine.set("/etc/tuned/active_profile", "web");
  machine.set("/etc/tuned/web/tuned.conf", profile);
  run_service(machine, "tuned");
  return machine;
}

TEST(TunedSettings, OtherPluginsHaveNoSettings) {
  EXPECT_EQ(external_settings(
                machine_with("[main]\nsummary=x\n[vm]\ndirty_bytes=40%\n[disk]\nx=1\n"
                             "[cpu]\nboost=1\n[net]\nwake_on_lan=g\n[bootloader]\ncmdline=x\n")),
            "");
}

TEST(TunedSettings, OnlyWhileTunedRuns) {
  FakeMachine machine = machine_with("[sysctl]\nnet.core.rmem_max=5\n");
  EXPECT_EQ(external_settings(machine),
            "sysctl net.core.rmem_max = 5 (/etc/tuned/web/tuned.conf:2)\n");
  machine.remove("/run/tuned");
  EXPECT_EQ(external_settings(machine), "");
}

TEST(TunedSettings, SysctlsModulesAndFiles) {
  EXPECT_EQ(external_settings(
                machine_with("[sysctl]\n# a comment\nnet.ipv4.tcp_rmem=\"4096 131072 9\"  # why\n"
                             "net.core.somaxconn=>2048\n"
                             "[mine]\ntype=sysctl\nnet/core/wmem_max = 3\n"
                             "[modules]\ntls=+r\nnetrom=nr_ndevs=2\n"
                             "[sysfs]\n/sys/class/net/*/queues/rx-*/rps_cpus=3\n")),
            "sysctl net.ipv4.tcp_rmem = 4096 131072 9 (/etc/tuned/web/tuned.conf:3)\n"
            "sysctl net.core.somaxconn = >2048 (/etc/tuned/web/tuned.conf:4)\n"
            "sysctl net.core.wmem_max = 3 (/etc/tuned/web/tuned.conf:7)\n"
            "module tls = +r (/etc/tuned/web/tuned.conf:9)\n"
            "file /sys/class/net/*/queues/rx-*/rps_cpus = 3 (/etc/tuned/web/tuned.conf:12)\n");
}

TEST(TunedSettings, GovernorsOfPoliciesWithMatchingCpus) {
  EXPECT_EQ(external_settings(machine_with("[cpu]\ndevices=cpu0 cpu1, !cpu0\ngovernor=performance\n"
                                           "energy_performance_preference=power\n")),
            "cpu_governor policy1 = performance (/etc/tuned/web/tuned.conf:3)\n"
            "cpu_epp policy1 = power (/etc/tuned/web/tuned.conf:4)\n");
}

TEST(TunedSettings, NicsByPatternAndEthtoolNames) {
  EXPECT_EQ(external_settings(
                machine_with("[net]\ndevices=eth*,!eth1\nfeatures=tso off, tls-hw-tx-offload on\n"
                             "ring=rx 1024 tx 512\ncoalesce=adaptive-rx off\n"
                             "channels=combined 2\n")),
            "eth0: nic_features tx-tcp-segmentation = off (/etc/tuned/web/tuned.conf:3)\n"
            "eth0: nic_features tx-tcp6-segmentation = off (/etc/tuned/web/tuned.conf:3)\n"
            "eth0: nic_features tls-hw-tx-offload = on (/etc/tuned/web/tuned.conf:3)\n"
            "eth0: nic_rings rx = 1024 (/etc/tuned/web/tuned.conf:4)\n"
            "eth0: nic_rings tx = 512 (/etc/tuned/web/tuned.conf:4)\n"
            "eth0: nic_coalesce adaptive-rx = off (/etc/tuned/web/tuned.conf:5)\n"
            "eth0: nic_channels combined = 2 (/etc/tuned/web/tuned.conf:6)\n");
}

TEST(TunedSettings, IsolatedCoresMoveInterruptsUnlessIrqProcessIsFalse) {
  EXPECT_EQ(external_settings(machine_with("[scheduler]\nisolated_cores=2\n")),
            "eth0: irq_affinity * = 2 (/etc/tuned/web/tuned.conf:2)\n"
            "eth1: irq_affinity * = 2 (/etc/tuned/web/tuned.conf:2)\n");
  EXPECT_EQ(external_settings(machine_with("[scheduler]\nisolated_cores=2\nirq_process=false\n")),
            "");
  EXPECT_EQ(external_settings(machine_with("[scheduler]\nisolated_cores=\n")), "");
}

TEST(TunedSettings, InterruptsByNumberIfAllOfANicMatch) {
  // eth1 has interrupts 30 to 32; 32 does not belong to a queue.
  EXPECT_EQ(external_settings(machine_with("[irq]\ndevices=irq30 irq31\naffinity=3\n")),
            "eth1: irq_affinity * = 3 (/etc/tuned/web/tuned.conf:3)\n");
  EXPECT_EQ(external_settings(machine_with("[irq]\ndevices=irq30\naffinity=3\n")), "");
}

TEST(TunedSettings, IncludesComeFirstAndLaterSettingsWin) {
  FakeMachine machine = machine_with(
      "[main]\ninclude=base, -missing ${more}\n[variables]\nmax=8\n"
      "[sysctl]\nnet.core.rmem_max=${max}\ndrop=net.core.somaxconn\n[net]\nenabled=false\n");
  machine.set("/usr/lib/tuned/base/tuned.conf",
              "[sysctl]\nnet.core.rmem_max=1\nnet.core.wmem_max=2\nnet.core.somaxconn=3\n"
              "[net]\nring=rx 64\n[gone]\ntype=sysctl\nnet.core.busy_read=1\n");
  machine.set("/etc/tuned/post_loaded_profile", "last");
  machine.set("/usr/lib/tuned/profiles/last/tuned.conf",
              "[gone]\nreplace=1\ntype=sysctl\nnet.core.busy_poll=1\n");
  EXPECT_EQ(external_settings(machine),
            "sysctl net.core.wmem_max = 2 (/usr/lib/tuned/base/tuned.conf:3)\n"
            "sysctl net.core.rmem_max = 8 (/etc/tuned/web/tuned.conf:6)\n"
            "sysctl net.core.busy_poll = 1 (/usr/lib/tuned/profiles/last/tuned.conf:4)\n");
}

TEST(TunedSettings, AProfileMayIncludeTheProfileThatItHides) {
  FakeMachine machine = machine_with("[main]\ninclude=web\n[sysctl]\nnet.core.rmem_max=2\n");
  machine.set("/usr/lib/tuned/web/tuned.conf",
              "[main]\ninclude=web\n[sysctl]\nnet.core.wmem_max=1\n");
  EXPECT_EQ(external_settings(machine),
            "sysctl net.core.wmem_max = 1 (/usr/lib/tuned/web/tuned.conf:4)\n"
            "sysctl net.core.rmem_max = 2 (/etc/tuned/web/tuned.conf:4)\n");
}

TEST(TunedSettings, ReadsProfilesFromConfiguredFolders) {
  FakeMachine machine = machine_with("[sysctl]\nnet.core.rmem_max=2\n");
  machine.set("/etc/tuned/tuned-main.conf",
              "daemon = 1\nprofile_dirs = /usr/lib/tuned,/srv/tuned\n");
  machine.set("/srv/tuned/web/tuned.conf", "[sysctl]\nnet.core.rmem_max=3\n");
  EXPECT_EQ(external_settings(machine),
            "sysctl net.core.rmem_max = 3 (/srv/tuned/web/tuned.conf:2)\n");
}

TEST(TunedSettings, ExpandsVariablesFromFilesButNotFunctions) {
  FakeMachine machine = machine_with(
      "[variables]\ninclude=/etc/tuned/web-variables.conf\nall=${cores}\n"
      "[scheduler]\nisolated_cores=${all}\n[sysctl]\nnet.core.rmem_max=${f:calc:1}\n");
  machine.set("/etc/tuned/web-variables.conf", "# which\ncores=1-3\n");
  EXPECT_EQ(external_settings(machine),
            "eth0: irq_affinity * = 1-3 (/etc/tuned/web/tuned.conf:5)\n"
            "eth1: irq_affinity * = 1-3 (/etc/tuned/web/tuned.conf:5)\n"
            "sysctl net.core.rmem_max = ${f:calc:1} (/etc/tuned/web/tuned.conf:7)\n");
}

TEST(TunedSettings, SkipsConditionalUnits) {
  EXPECT_EQ(external_settings(machine_with("[sysctl]\nuname_regex=aarch64\nnet.core.rmem_max=2\n")),
            "");
}

TEST(TunedSettings, MalformedTextDoesNotCrash) {
  EXPECT_EQ(external_settings(machine_with("[\n]\n=\n[]\n[main]\ninclude=../../etc/passwd -\n"
                                           "[net]\nring=rx\nfeatures=\n[variables]\na=${a}\n"
                                           "[sysctl]\nnet.core.x=${a}${\n")),
            "sysctl net.core.x = ${a}${ (/etc/tuned/web/tuned.conf:13)\n");
}

}  // namespace
}  // namespace tuner::testing
