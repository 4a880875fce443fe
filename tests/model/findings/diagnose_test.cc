// Each finding on a host that is healthy but for exactly that.
#include "model/findings/finding.h"
#include "model/findings/healthy_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tuner {
namespace {

using enum FindingCode;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;
using namespace ::tuner::testing;  // NOLINT: the healthy host and its parts

struct Broken {
  FindingCode code;
  void (*by)(DiagnosisInput& input);
  std::string sentence;             // what its sentence contains
  std::set<FindingCode> also = {};  // findings that follow from it
};

void without_module(DiagnosisInput& input, ModuleState state, std::string because) {
  input.facts.kernel.tls = {state, std::move(because)};
  input.facts.tls_stat.reset();
  input.kernel.rekeys.reset();
  input.sockets->by_process.clear();
}

void not_asked(DiagnosisInput& input) {
  nginx_of(input).config->ktls.reset();
}

NicFeature& tx_of(DiagnosisInput& input) {
  return nic_of(input).features["tls-hw-tx-offload"];
}

void with_upper(DiagnosisInput& input, Nic upper) {
  upper.lowers = {"ens1"};
  input.facts.nics.change().push_back(std::move(upper));
}

void with_library(DiagnosisInput& input, std::string version) {
  nginx_of(input).libraries.front().version = std::move(version);
}

void with_sysctl(DiagnosisInput& input, std::string name, std::string value) {
  input.facts.external_settings.push_back({.who = "sysctl.d",
                                           .where = "/etc/sysctl.d/99-old.conf:7",
                                           .knob = "sysctl",
                                           .setting = std::move(name),
                                           .except = {},
                                           .nic = {},
                                           .value = std::move(value)});
}

const std::vector<Broken>& broken_hosts() {
  static const std::vector<Broken> all{
      {ProgramBreaks, [](DiagnosisInput& it) { nginx_of(it).transport = TlsTransport::Inherited; },
       "breaks because the kernel has TLS"},
      {ProgramKeyUpdate,
       [](DiagnosisInput& it) { with_library(it, "OpenSSL 3.0.19"); },
       "any peer can break",
       {ReceivesInUserSpace}},
      {RekeyErrors, [](DiagnosisInput& it) { (*it.facts.tls_stat)["TlsRxRekeyError"] = 2; },
       "in 2 cases"},
      {KernelDefects,
       [](DiagnosisInput& it) {
         it.defects = kernel_defects(ReleaseNumber{6, 1, 100}, it.facts);
       },
       "kernel 6.1.100 has"},
      {KernelWithoutTls,
       [](DiagnosisInput& it) {
         without_module(it, ModuleState::NotBuilt, "/boot/config-6.18.99: CONFIG_TLS is not set");
       },
       "6.18.99 was built without TLS"},
      {ModuleMissing,
       [](DiagnosisInput& it) { without_module(it, ModuleState::Missing, "no tls.ko"); },
       "not installed for kernel 6.18.99"},
      {ModuleDenyListed,
       [](DiagnosisInput& it) {
         without_module(it, ModuleState::DenyListed,
                        "/etc/modprobe.d/h.conf:3: install tls /bin/false");
       },
       "/etc/modprobe.d/h.conf:3"},
      {ModuleLocked,
       [](DiagnosisInput& it) {
         without_module(it, ModuleState::Locked, "kernel.modules_disabled is 1");
       },
       "until the next boot"},
      {ModuleNotLoaded,
       [](DiagnosisInput& it) { without_module(it, ModuleState::Loadable, "tls.ko"); },
       "is not loaded"},
      {LibraryTooOld, [](DiagnosisInput& it) { with_library(it, "OpenSSL 1.1.1w"); },
       "OpenSSL 1.1.1w"},
      {ServerOptionMissing, not_asked,
       "/etc/nginx/conf.d/web.conf:2 has TLS without ssl_conf_command Options KTLS;"},
      {OpensslOptionMissing,
       [](DiagnosisInput& it) {
         nginx_of(it).config.reset();
         nginx_of(it).name = "memcached";
       },
       "neither the program nor /etc/ssl/openssl.cnf asks for it"},
      {KeysNotSet,
       [](DiagnosisInput& it) {
         it.sockets->by_process[kNginx] = {.outside = 2, .without_keys = 2, .because = {}};
       },
       "to 2 connections"},
      {TlshdMissing, [](DiagnosisInput& it) { it.surroundings->kernel_users = {"/srv/data"}; },
       "/srv/data ask for TLS in the kernel"},
      {ModuleNotAtBoot, [](DiagnosisInput& it) { it.surroundings->tls_at_boot.reset(); },
       "nothing loads it at the next boot"},
      {NicLinkSlow,
       [](DiagnosisInput& it) {
         it.surroundings->slow_links = {{.nic = "ens1",
                                         .speed = "8.0 GT/s PCIe",
                                         .max_speed = "16.0 GT/s PCIe",
                                         .width = 8,
                                         .max_width = 16}};
       },
       "8.0 GT/s PCIe x8"},
      {KernelWarnings,
       [](DiagnosisInput& it) {
         it.surroundings->warned = true;
         it.surroundings->live->tls_warnings = {"WARNING: CPU: 1 PID: 9 at net/tls/tls_sw.c:7 x"};
       },
       "1 faults of its own TLS: WARNING: CPU: 1 PID: 9 at net/tls/tls_sw.c:7"},
      {SockMaps, [](DiagnosisInput& it) { it.surroundings->live->sock_maps = 2; },
       "2 BPF maps of this machine hold sockets"},
      {DeepIdleStates,
       [](DiagnosisInput& it) {
         it.surroundings->deep_idle = DeepIdle{
             .driver = "intel_idle", .state = "C6", .latency_us = 133, .numbers = "[3]", .cpus = 8};
         it.surroundings->live->allowed_latency_us = 2'000'000'000;
       },
       "8 CPUs may sleep in C6, which takes 133 µs"},
      {MultipathTcp, [](DiagnosisInput& it) { it.sockets->multipath = 3; },
       "3 connections here are MPTCP"},
      {VirtualMachine, [](DiagnosisInput& it) { it.surroundings->virtual_machine = "QEMU"; },
       "a virtual machine (QEMU)"},
      {SeccompFilter,
       [](DiagnosisInput& it) {
         nginx_of(it).seccomp = true;
         it.sockets->by_process = {{kNginx, {.outside = 3, .because = {}}}};
       },
       "may refuse the kernel's TLS to it",
       {SessionsOutside}},
      {IrqbalanceMoves,
       [](DiagnosisInput& it) {
         it.facts.neighbours = {{.name = "irqbalance", .detail = "pid 412", .pid = 412}};
         step_of(it, "irq_affinity").desired.owner = "irqbalance (pid 412)";
       },
       "irqbalance (pid 412) moves the interrupts that profile edge-server places"},
      {ProgramNotLocal, [](DiagnosisInput& it) { nginx_of(it).cpus = CpuSet::range(0, 3); },
       "may use CPUs 0-3 alone, away from node 1 of ens1 (CPUs 4-7)"},
      {Container, [](DiagnosisInput& it) { it.surroundings->container = "lxc"; }, "(lxc)"},
      {Fips, [](DiagnosisInput& it) { it.surroundings->fips = true; }, "FIPS mode is on"},
      {ProbeOffPath,
       [](DiagnosisInput& it) {
         it.probe->off_path = {{"TLSv1.2", "tx", "kernel", "userspace"}};
       },
       "TLSv1.2 sending to be in userspace"},
      {NicChecksumOff,
       [](DiagnosisInput& it) {
         nic_of(it).features["tx-checksum-ip-generic"].active = tx_of(it).active = false;
       },
       "tx checksum offload of ens1 is off"},
      {NicFeatureDropped, [](DiagnosisInput& it) { tx_of(it).active = false; }, "dropped"},
      {LoadingBreaks,
       [](DiagnosisInput& it) {
         without_module(it, ModuleState::Loadable, "tls.ko");
         with_library(it, "OpenSSL 3.0.19");
       },
       "once tls is loaded",
       {ModuleNotLoaded}},
      {KernelOld,
       [](DiagnosisInput& it) {
         it.kernel.upstream = ReleaseNumber{5, 10, 1};
       },
       "receiving without a copy"},
      {SessionsOutside,
       [](DiagnosisInput& it) {
         it.sockets->by_process = {{kNginx, {.outside = 3, .because = {{"it began before", 3}}}}};
       },
       "none of its 3 connections"},
      {LibraryReplaced, [](DiagnosisInput& it) { nginx_of(it).libraries.front().replaced = true; },
       "was replaced since it started"},
      {LibraryDefects, [](DiagnosisInput& it) { with_library(it, "OpenSSL 3.5.1"); },
       "has a known defect"},
      {DecryptErrors, [](DiagnosisInput& it) { (*it.facts.tls_stat)["TlsDecryptError"] = 5; },
       "5 TLS records"},
      {DeviceResync, [](DiagnosisInput& it) { (*it.facts.tls_stat)["TlsRxDeviceResync"] = 1000; },
       "1000 times"},
      {CipherGeneric,
       [](DiagnosisInput& it) {
         it.facts.crypto->drivers.front().driver = "gcm_base(ctr(aes-generic),ghash-generic)";
       },
       "aes-generic"},
      {CipherAsync,
       [](DiagnosisInput& it) {
         it.facts.crypto->drivers.front().driver = "qat_aes_gcm";
         it.facts.crypto->drivers.front().async = true;
       },
       "asynchronous"},
      {NicOffloadOff, [](DiagnosisInput& it) { tx_of(it) = NicFeature{.supported = true}; },
       "not requested"},
      {NicDriverOption,
       [](DiagnosisInput& it) {
         tx_of(it) = NicFeature{.fixed = true};
         it.facts.kernel.config["CONFIG_MLX5_EN_TLS"] = "n";
       },
       "CONFIG_MLX5_EN_TLS is not set"},
      {NicSwitchdev,
       [](DiagnosisInput& it) {
         tx_of(it) = NicFeature{.fixed = true};
         nic_of(it).switchdev = true;
       },
       "switchdev mode"},
      {NicBond,
       [](DiagnosisInput& it) {
         with_upper(it, {.name = "bond0",
                         .kind = "bond",
                         .lowers = {},
                         .bond_mode = "active-backup",
                         .bond_hash_policy = "layer2"});
       },
       "bond0 has mode active-backup"},
      {NicSoftwareInterface,
       [](DiagnosisInput& it) {
         with_upper(it, {.name = "ens1.7", .kind = "vlan", .carries_default_route = true});
       },
       "ens1.7 is a VLAN"},
      {KernelWithoutOffload,
       [](DiagnosisInput& it) { it.facts.kernel.config["CONFIG_TLS_DEVICE"] = "n"; },
       "ens1 could encrypt"},
      {InterruptsNotLocal,
       [](DiagnosisInput& it) { step_of(it, "irq_affinity").observed.value = CpuSet::range(0, 1); },
       "1 interrupts of ens1"},
      {GovernorSavesPower,
       [](DiagnosisInput& it) { it.facts.cpufreq.front().driver = "acpi-cpufreq"; },
       "1 of 1 CPU frequency policies have governor powersave"},
      {PreferenceSavesPower, [](DiagnosisInput& it) { it.facts.cpufreq.front().epp = "power"; },
       "preference power"},
      {ProfileNotInEffect,
       [](DiagnosisInput& it) { step_of(it, "irq_affinity").status = Status::Change; },
       "1 settings of profile edge-server"},
      {SettingOverridden,
       [](DiagnosisInput& it) {
         step_of(it, "irq_affinity").status = Status::Change;
         step_of(it, "irq_affinity").desired.owner = "sysctl.d (/etc/sysctl.d/99-old.conf:7)";
       },
       "sysctl.d (/etc/sysctl.d/99-old.conf:7) sets 1 settings",
       {ProfileNotInEffect}},
      {SysctlHarmful, [](DiagnosisInput& it) { with_sysctl(it, "net.ipv4.tcp_timestamps", "0"); },
       "/etc/sysctl.d/99-old.conf:7 sets net.ipv4.tcp_timestamps = 0"},
      {ReceiveWindowLowered,
       [](DiagnosisInput& it) { with_sysctl(it, "net.ipv4.tcp_rmem", "4096 87380 67108864"); },
       "from 131072 to 87380 bytes"},
      {SwitchedOff, [](DiagnosisInput& it) { nginx_of(it).config->ktls = false; },
       "/etc/nginx/conf.d/web.conf:5 switches it off"},
      {ProgramCannot, [](DiagnosisInput& it) { nginx_of(it).transport = TlsTransport::OwnBio; },
       "cannot use kernel TLS"},
      {ProgramWouldBreak,
       [](DiagnosisInput& it) {
         nginx_of(it).config.reset();
         nginx_of(it).transport = TlsTransport::Inherited;
       },
       "must stay without"},
      {ReceivesInUserSpace,
       [](DiagnosisInput& it) { with_library(it, "OpenSSL 3.0.19"); },
       "receives it in user space",
       {ProgramKeyUpdate}},
      {NicCannot,
       [](DiagnosisInput& it) {
         tx_of(it) = NicFeature{.fixed = true};
         nic_of(it).driver = "virtio_net";
         nic_of(it).pci_ids.clear();
       },
       "virtio_net has no TLS offload"},
      {BuffersSmall,
       [](DiagnosisInput& it) {
         step_of(it, "sysctl").observed.value = Integers{4096, 16384, 4194304};
         step_of(it, "sysctl").status = Status::Change;
       },
       "4194304 bytes in flight: 671 Mbit/s",
       {ProfileNotInEffect}},
      {ServerKeyUpdate,
       [](DiagnosisInput& it) {
         it.server = healthy_server();
         it.server->key_update = ServerKeyUpdateLook{.answer = ServerKeyUpdateLook::Answer::Broken,
                                                     .because = "the server closed it"};
       },
       "web.example:443 ends a TLS 1.3 connection at a KeyUpdate: the server closed it"},
      {ServerOffPath,
       [](DiagnosisInput& it) {
         it.server = healthy_server();
         accepts_cbc_alone(*it.server);
       },
       "TLS 1.2 with ECDHE-ECDSA-AES128-SHA256: no kernel takes it from OpenSSL"},
      {ServerChoosesOther,
       [](DiagnosisInput& it) {
         it.server = healthy_server();
         it.server->choice = ServerChoiceLook{.version = "TLSv1.1", .suite = "AES128-SHA"};
       },
       "chooses TLS 1.1 with AES128-SHA, which stays in user space"},
      {ServerCanBreak,
       [](DiagnosisInput& it) {
         it.server = healthy_server();
         it.server->library = "OpenSSL 3.0.17";
       },
       "OpenSSL 3.0.17 does not hand the kernel the new key"},
      {ServerOneWay,
       [](DiagnosisInput& it) {
         it.server = healthy_server();
         receives_in_user_space(*it.server);
       },
       "is sent by this host's kernel; receiving stays in user space"},
      {ClientsMustAsk,
       [](DiagnosisInput& it) {
         it.server = healthy_server();
         it.server->config_asks = false;
       },
       "/etc/ssl/openssl.cnf does not ask for kernel TLS"},
      {OtherNetNamespace,
       [](DiagnosisInput& it) { it.facts.host.net_namespace = "net:[4026532000] cookie 7"; },
       "net:[4026532000]"},
  };
  return all;
}

std::vector<FindingCode> codes_of(const Diagnosis& diagnosis) {
  std::vector<FindingCode> codes;
  for (const HostFinding& finding : diagnosis.findings) codes.push_back(finding.code);
  return codes;
}

TEST(Diagnose, AHealthyHostHasNoFindingAndNoDoubt) {
  const Diagnosis diagnosis = diagnose(healthy_input());
  EXPECT_THAT(codes_of(diagnosis), IsEmpty());
  for (const FindingDoubt& doubt : diagnosis.doubts) ADD_FAILURE() << doubt.because;
}

TEST(Diagnose, NeitherHasOneThatIsAskedAboutAServerThatItsKernelTakesOver) {
  const Diagnosis diagnosis = diagnose(input_with_server());
  EXPECT_THAT(codes_of(diagnosis), IsEmpty());
  for (const FindingDoubt& doubt : diagnosis.doubts) ADD_FAILURE() << doubt.because;
}

TEST(Diagnose, EachFindingIsFoundWhereExactlyThatIsWrong) {
  for (const Broken& broken : broken_hosts()) {
    const std::string_view word = word_of(broken.code);
    DiagnosisInput input = healthy_input();
    broken.by(input);
    const Diagnosis diagnosis = diagnose(input);
    std::vector<FindingCode> expected(broken.also.begin(), broken.also.end());
    expected.push_back(broken.code);
    EXPECT_THAT(codes_of(diagnosis), UnorderedElementsAreArray(expected)) << word;
    for (const HostFinding& finding : diagnosis.findings) {
      if (finding.code != broken.code) continue;
      EXPECT_THAT(finding_sentence(finding), HasSubstr(broken.sentence)) << word;
      EXPECT_THAT(finding.evidence, ::testing::Not(IsEmpty())) << word;
      for (const std::string& text :
           {finding_sentence(finding), finding_next(finding), finding_command(finding)})
        EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
    }
  }
}

TEST(Diagnose, EachFindingHasAHost) {
  std::set<FindingCode> tried;
  for (const Broken& broken : broken_hosts()) tried.insert(broken.code);
  for (const FindingRow& row : finding_rows())
    EXPECT_TRUE(tried.contains(row.code)) << word_of(row.code);
}

TEST(Diagnose, TheWorstComesFirstAndWhatIsAcceptedLast) {
  DiagnosisInput input = healthy_input();
  input.facts.cpufreq.front().epp = "power";
  not_asked(input);
  (*input.facts.tls_stat)["TlsRxRekeyError"] = 1;
  EXPECT_THAT(codes_of(diagnose(input)),
              ::testing::ElementsAre(RekeyErrors, ServerOptionMissing, PreferenceSavesPower));
  input = healthy_input();
  input.facts.cpufreq.front().epp = "power";
  with_library(input, "OpenSSL 3.0.19");
  input.accepted = {AcceptedRisk::KeyUpdate};
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_EQ(diagnosis.findings.back().code, ProgramKeyUpdate);
  EXPECT_TRUE(diagnosis.findings.back().accepted);
  EXPECT_FALSE(needs_action(diagnosis.findings.back()));
}

TEST(Diagnose, WhatCouldNotBeReadIsUnknownAndSaysWhatItHides) {
  DiagnosisInput input = healthy_input();
  input.facts.unread.push_back(
      {FactNeed::Crypto, "", {.fault = Fault::Io, .text = "read /proc/crypto: EIO", .hint = {}}});
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_THAT(diagnosis.doubts.front().because, HasSubstr("read /proc/crypto: EIO"));
  EXPECT_THAT(diagnosis.doubts.front().hides, ::testing::ElementsAre(CipherGeneric, CipherAsync));
  EXPECT_TRUE(could_not_look(diagnosis.doubts.front()));
}

TEST(Diagnose, AFileThatMayLoadTheModuleAndCannotBeReadIsNoFinding) {
  DiagnosisInput input = healthy_input();
  input.surroundings->tls_at_boot.reset();
  input.surroundings->unread = {
      {UnreadSurroundings::Part::Boot, {.fault = Fault::Io, .text = "read: EIO", .hint = {}}}};
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_THAT(diagnosis.doubts.front().hides, ::testing::ElementsAre(ModuleNotAtBoot));
}

TEST(Diagnose, ACounterThatGoesOnSaysSo) {
  DiagnosisInput input = healthy_input();
  (*input.facts.tls_stat)["TlsDecryptError"] = 5;
  EXPECT_TRUE(counts_errors(input.facts));
  input.later = LaterCounters{.seconds = 1.04, .tls_stat = *input.facts.tls_stat};
  EXPECT_THAT(finding_sentence(diagnose(input).findings.front()),
              ::testing::EndsWith("it started"));
  input.later->tls_stat["TlsDecryptError"] = 12;
  const HostFinding finding = diagnose(input).findings.front();
  EXPECT_THAT(finding_sentence(finding), ::testing::EndsWith(", and goes on: 7 in 1.0 s"));
  EXPECT_THAT(finding.evidence, Contains("it grows: 7 in 1.0 s"));
}

TEST(Diagnose, AHealthyHostsCountersNeedNotBeReadAgain) {
  EXPECT_FALSE(counts_errors(healthy_facts()));
  Facts facts = healthy_facts();
  (*facts.tls_stat)["TlsRxDeviceResync"] = 100'000;
  EXPECT_TRUE(counts_errors(facts));
  facts.tls_stat.reset();
  EXPECT_FALSE(counts_errors(facts));
}

TEST(Diagnose, AWarningThatLeftTheLogIsUnknown) {
  DiagnosisInput input = healthy_input();
  input.surroundings->warned = true;
  EXPECT_THAT(diagnose(input).doubts, IsEmpty());  // its log has warnings, none of TLS
  input.surroundings->live->warnings_lost = true;
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_THAT(diagnosis.doubts.front().hides, ::testing::ElementsAre(KernelWarnings));
}

TEST(Diagnose, AProcessThatForbidsDeepIdleStatesIsEnough) {
  DiagnosisInput input = healthy_input();
  input.surroundings->deep_idle = DeepIdle{
      .driver = "intel_idle", .state = "C6", .latency_us = 133, .numbers = "[34]", .cpus = 8};
  input.surroundings->live->allowed_latency_us = 10;
  EXPECT_THAT(codes_of(diagnose(input)), IsEmpty());
  input.surroundings->live->allowed_latency_us = 133;
  EXPECT_EQ(finding_command(diagnose(input).findings.front()),
            "echo 1 | tee /sys/devices/system/cpu/cpu*/cpuidle/state[34]/disable");
}

TEST(Diagnose, WhatOnlySystemCallsTellIsNotInARecording) {
  DiagnosisInput input = healthy_input();
  input.surroundings->live.reset();
  input.surroundings->warned = true;
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_EQ(diagnosis.doubts.front().kind, DoubtKind::NotLookedAt);
  EXPECT_THAT(diagnosis.doubts.front().hides, ::testing::ElementsAre(KernelWarnings, SockMaps));
}

TEST(Diagnose, ARefusedCallIsADoubtAndNoAllClear) {
  DiagnosisInput input = healthy_input();
  input.surroundings->unread = {{UnreadSurroundings::Part::SockMaps,
                                 {.fault = Fault::NotPermitted, .text = "EPERM", .hint = {}}}};
  const Diagnosis diagnosis = diagnose(input);
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_TRUE(could_not_look(diagnosis.doubts.front()));
  EXPECT_THAT(diagnosis.doubts.front().hides, ::testing::ElementsAre(SockMaps));
}

TEST(Diagnose, AProgramThatMayUseOneCpuOfTheNicsNodeIsLocal) {
  DiagnosisInput input = healthy_input();
  nginx_of(input).cpus = CpuSet::range(0, 4);
  EXPECT_THAT(codes_of(diagnose(input)), IsEmpty());
  nginx_of(input).cpus = {};  // not known
  EXPECT_THAT(codes_of(diagnose(input)), IsEmpty());
}

TEST(Diagnose, ProcessesThatWereNotLookedAtLeaveEveryFindingOfProgramsOpen) {
  DiagnosisInput input = healthy_input();
  input.programs->all.clear();
  input.programs->not_looked_at = {"12 processes were not looked at"};
  const Diagnosis diagnosis = diagnose(input);
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_THAT(diagnosis.doubts.front().hides, Contains(ProgramBreaks));
  EXPECT_THAT(diagnosis.doubts.front().hides, Contains(ServerOptionMissing));
  EXPECT_TRUE(could_not_look(diagnosis.doubts.front()));
}

TEST(Diagnose, ARecordingHasNoProgramsAndThatIsSaid) {
  DiagnosisInput input = healthy_input();
  input.programs.reset();
  input.sockets.reset();
  const Diagnosis diagnosis = diagnose(input);
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_EQ(diagnosis.doubts.front().kind, DoubtKind::NotLookedAt);
  EXPECT_FALSE(could_not_look(diagnosis.doubts.front()));
}

TEST(Diagnose, AVendorsKernelLeavesItsDefectsOpen) {
  DiagnosisInput input = healthy_input();
  input.defects = kernel_defects(std::nullopt, input.facts);
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_EQ(diagnosis.doubts.front().kind, DoubtKind::Undetermined);
}

TEST(Diagnose, AWordOfTheMachineIsOneWordOfTheShell) {
  DiagnosisInput input = healthy_input();
  nic_of(input).name = "a b;$(reboot)'";
  tx_of(input) = NicFeature{.supported = true};
  const Diagnosis diagnosis = diagnose(input);
  ASSERT_EQ(codes_of(diagnosis), std::vector{NicOffloadOff});
  EXPECT_EQ(finding_command(diagnosis.findings.front()),
            R"(ethtool -K 'a b;$(reboot)'\''' tls-hw-tx-offload on)");
}

TEST(Diagnose, TheOptionComesWithALimitToTls12WhereAPeerCouldBreakIt) {
  DiagnosisInput input = healthy_input();
  not_asked(input);
  EXPECT_EQ(finding_command(diagnose(input).findings.front()),
            "sed -i '2a ssl_conf_command Options KTLS;' /etc/nginx/conf.d/web.conf && nginx -t && "
            "systemctl restart nginx.service");
  with_library(input, "OpenSSL 3.0.19");
  const HostFinding finding = diagnose(input).findings.front();
  EXPECT_THAT(finding_command(finding),
              HasSubstr("'2a ssl_protocols TLSv1.2; ssl_conf_command Options KTLS;'"));
  EXPECT_THAT(finding_sentence(finding), HasSubstr("any peer can break its TLS 1.3 connections"));
}

TEST(Diagnose, AProgramWhoseTransportIsNotKnownIsNoFinding) {
  DiagnosisInput input = healthy_input();
  nginx_of(input).config.reset();
  nginx_of(input).name = "static-server";
  nginx_of(input).transport = TlsTransport::Mixed;
  const Diagnosis diagnosis = diagnose(input);
  EXPECT_THAT(diagnosis.findings, IsEmpty());
  ASSERT_EQ(diagnosis.doubts.size(), 1U);
  EXPECT_EQ(diagnosis.doubts.front().kind, DoubtKind::Undetermined);
}

TEST(Diagnose, TheWrapperAroundTheCpusInstructionsIsNoQueue) {
  DiagnosisInput input = healthy_input();
  input.facts.crypto->drivers.front().async = true;
  EXPECT_THAT(codes_of(diagnose(input)), IsEmpty());
}

TEST(Diagnose, OnlyProgramsThatListenOrAreConnectedMatter) {
  DiagnosisInput input = healthy_input();
  not_asked(input);
  input.sockets->listening.clear();
  input.sockets->by_process.clear();
  EXPECT_THAT(codes_of(diagnose(input)), IsEmpty());
  input.sockets.reset();
  EXPECT_THAT(codes_of(diagnose(input)), ::testing::ElementsAre(ServerOptionMissing))
      << "connections are not known: each service may matter";
}

}  // namespace
}  // namespace tuner
