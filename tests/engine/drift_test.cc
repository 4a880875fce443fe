#include "engine/drift.h"

#include "engine/rig.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

namespace tuner::testing {
namespace {

constexpr std::string_view kFirstIrq = "/proc/irq/24/smp_affinity_list";
const std::string kDevice = "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0";
const std::string kNet = kDevice + "/net/eth0";

constexpr std::string_view kUnknownIrq =
    "unknown: not a reboot, not the driver or queues (the number of link changes is unknown), the "
    "same CPUs are online, and none of them has lost its settings, no known file or program sets "
    "it";
constexpr const char* kWmem = "/proc/sys/net/core/wmem_max";

std::string cause_of(const Plan& plan, std::string_view name) {
  const Step* step = step_named(plan.steps, name);
  return step == nullptr ? "(no such step)" : step->cause;
}

// An applied profile; one interrupt was moved since then.
struct Drifted {
  Drifted() {
    rig.apply(whole_profile());
    rig.machine.set(kFirstIrq, "0");
  }

  std::string cause(std::string_view name = "eth0/rxtx-0") const {
    const Plan plan = rig.plan(whole_profile());
    const Step* step = step_named(plan.steps, name);
    return step == nullptr ? "(no such step)" : step->cause;
  }

  void net(std::string_view file, std::string_view text) {
    rig.machine.set("/sys/class/net/eth0/" + std::string(file), text);
  }

  Rig rig;
};

TEST(DriftCause, ASettingInSyncHasNoCause) {
  Rig rig;
  EXPECT_EQ(step_named(rig.plan(whole_profile()).steps, "eth0/rxtx-0")->cause, "");
  rig.apply(whole_profile());
  for (const Step& step : rig.plan(whole_profile()).steps) EXPECT_EQ(step.cause, "");
}

TEST(DriftCause, WithoutATraceTheCauseIsUnknown) {
  EXPECT_EQ(Drifted().cause(), kUnknownIrq);
}

TEST(DriftCause, AnotherInterfaceIndexIsAReloadedDriver) {
  Drifted drifted;
  drifted.net("ifindex", "7");
  EXPECT_EQ(drifted.cause(),
            "the driver of eth0 was reloaded, or the device was added again (interface 2 then, 7 "
            "now)");
}

TEST(DriftCause, AnotherNumberOfQueuesIsTheCause) {
  Drifted drifted;
  drifted.rig.machine.remove(kNet + "/queues/rx-3");
  EXPECT_EQ(drifted.cause(),
            "the queues of eth0 were changed (4 receive and 4 transmit then, 3 and 4 now)");
}

TEST(DriftCause, AnotherInterruptNumberIsTheCause) {
  Drifted drifted;
  FakeMachine& machine = drifted.rig.machine;
  machine.set("/proc/irq/74/smp_affinity_list", "0");
  machine.set("/sys/kernel/irq/74/actions", "eth0-rxtx-0");
  machine.set(kDevice + "/msi_irqs/74", "msix");
  machine.remove(kDevice + "/msi_irqs/24");
  machine.remove("/sys/kernel/irq/24");
  EXPECT_EQ(drifted.cause(), "the driver created it again (24 then, 74 now)");
}

TEST(DriftCause, ARunningOwnerPrecedesTheLink) {
  Drifted drifted;
  drifted.rig.machine.set("/run/irqbalance.pid", "412");
  drifted.rig.machine.set("/proc/412/comm", "irqbalance");
  // A banned irqbalance is no cause.
  EXPECT_EQ(drifted.cause(), kUnknownIrq);
  Profile left = whole_profile();
  left.irqbalance->goal.value = std::string("leave");
  const Plan plan = drifted.rig.plan(left);
  EXPECT_EQ(step_named(plan.steps, "eth0/rxtx-0")->cause, "also set by irqbalance (pid 412)");
}

TEST(DriftCause, ALinkChangeIsTheCause) {
  Rig rig;
  rig.machine.set(kNet + "/carrier_changes", "2");
  rig.apply(whole_profile());
  rig.machine.set(kFirstIrq, "0");
  rig.machine.set(kNet + "/carrier_changes", "4");
  EXPECT_EQ(step_named(rig.plan(whole_profile()).steps, "eth0/rxtx-0")->cause,
            "the link of eth0 went down or up 2 times, which makes its driver start again");
}

// netif_set_affinity_auto(): what changed the affinity there is not the link.
TEST(DriftCause, ALinkChangeIsNoCauseWhereTheKernelKeepsAffinities) {
  const auto cause = [](const std::string& driver, const char* kernel) {
    Rig rig;
    rig.machine.remove(kDevice + "/driver");
    rig.machine.link(kDevice + "/driver", "/sys/bus/pci/drivers/" + driver);
    rig.machine->folders.insert("/sys/bus/pci/drivers/" + driver);
    rig.machine.set(kNet + "/carrier_changes", "2");
    rig.apply(whole_profile());
    rig.machine.set(kFirstIrq, "0");
    // The fake machine has modules of its own kernel only, so it gets another one after apply.
    rig.machine.set("/proc/sys/kernel/osrelease", kernel);
    rig.machine.set(kNet + "/carrier_changes", "4");
    return cause_of(rig.plan(whole_profile()), "eth0/rxtx-0");
  };
  EXPECT_TRUE(cause("ice", "6.15.0-1-amd64")
                  .starts_with("unknown: not a reboot, not the driver or queues, and ice keeps "
                               "affinities over link changes"))
      << cause("ice", "6.15.0-1-amd64");
  EXPECT_TRUE(cause("ice", "6.14.9").starts_with("the link of eth0 went"))
      << "an older kernel: " << cause("ice", "6.14.9");
  EXPECT_TRUE(cause("igb", "6.15.0").starts_with("the link of eth0 went"))
      << "another driver: " << cause("igb", "6.15.0");
}

TEST(DriftCause, TheLinkIsExcludedOnlyIfItsChangesAreKnownThenAndNow) {
  const auto cause = [](const char* then, const char* now) {
    Rig rig;
    if (*then != '\0') rig.machine.set(kNet + "/carrier_changes", then);
    rig.apply(whole_profile());
    rig.machine.set(kFirstIrq, "0");
    rig.machine.remove(kNet + "/carrier_changes");
    if (*now != '\0') rig.machine.set(kNet + "/carrier_changes", now);
    return cause_of(rig.plan(whole_profile()), "eth0/rxtx-0");
  };
  EXPECT_EQ(cause("2", ""), kUnknownIrq);
  EXPECT_EQ(cause("", "2"), kUnknownIrq);
  for (const char* same : {"0", "2"}) {
    EXPECT_TRUE(
        cause(same, same)
            .starts_with(
                "unknown: not a reboot, not the driver, queues or link, the same CPUs are online"))
        << cause(same, same);
  }
}

TEST(DriftCause, ARenamedInterfaceIsTheCause) {
  Drifted drifted;
  FakeMachine& machine = drifted.rig.machine;
  const auto renamed = [](std::string path) {
    const auto at = path.find("/net/eth0");
    return at == std::string::npos ? path : path.replace(at, 9, "/net/lan0");
  };
  for (auto* paths : {&machine->files, &machine->links}) {
    const auto before = std::exchange(*paths, {});
    for (const auto& [path, text] : before) (*paths)[renamed(path)] = renamed(text);
  }
  machine->nics["lan0"] = machine->nics["eth0"];
  EXPECT_EQ(drifted.cause("lan0/rxtx-0"),
            "the interface was renamed (eth0 then, lan0 now), which takes it down");
}

TEST(DriftCause, ANicThatDidNotExistIsTheCause) {
  Rig rig;
  rig.apply(other_profile());  // sets no NIC
  EXPECT_EQ(step_named(rig.plan(whole_profile()).steps, "eth0/rxtx-0")->cause,
            "eth0 did not exist when the profile was applied");
}

TEST(DriftCause, AnotherGoalIsNoDrift) {
  Rig rig;
  rig.apply(whole_profile());
  EXPECT_EQ(step_named(rig.plan(other_profile()).steps, "net.core.wmem_max")->cause,
            "the profile's goal has changed");
}

TEST(DriftCause, ASettingThatTheLastApplyLeftOutIsNoChange) {
  const auto after = [](PlanOptions options) {
    Rig rig;
    rig.apply(whole_profile(), true, std::move(options));
    return rig.plan(whole_profile());
  };
  const Plan only = after({.only = {"irq_affinity"}});
  EXPECT_EQ(cause_of(only, "net.core.wmem_max"),
            "the last apply left it out (--only irq_affinity)");
  EXPECT_EQ(cause_of(after({.skip = {"sysctl"}}), "net.core.wmem_max"),
            "the last apply left it out (--skip sysctl)");
  EXPECT_EQ(cause_of(after({.nics = {"pci:0000:81:00.0"}}), "net.core.wmem_max"),
            "the last apply left it out (--nic with other NICs)");
}

TEST(DriftCause, ASettingOfAnEarlierApplyWasNotLeftOut) {
  Rig rig;
  rig.apply(whole_profile());
  rig.machine.set("/proc/sys/net/core/rmem_max", "1");
  Profile another = whole_profile();
  another.digest = "another";
  rig.apply(another, true, {.only = {"irq_affinity"}});
  rig.machine.set(kWmem, "1");
  EXPECT_EQ(cause_of(rig.plan(another), "net.core.wmem_max"),
            "unknown: not a reboot, no known file or program sets it");
}

TEST(DriftCause, ARunThatStoppedIsTheCause) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile(), true, {.only = {"irq_affinity"}}).end,
            ApplyReport::End::Applied);
  rig.machine->rules[kWmem] = [](const std::string&, std::string_view) -> Result<std::string> {
    return fail(answer(EIO, "write"));
  };
  ASSERT_EQ(rig.apply(whole_profile(), /*rollback_on_failure=*/false).end,
            ApplyReport::End::Failed);
  EXPECT_EQ(cause_of(rig.plan(whole_profile()), "net.core.wmem_max"),
            "the apply of 2026-01-01T00:00:00Z (run run-2) failed before this was set");
}

TEST(DriftCause, AStoppedRunOfAnotherProfileOrScopeIsNoCause) {
  const auto cause_after = [](const Profile& profile, PlanOptions options) {
    Rig rig;
    rig.apply(whole_profile());
    rig.machine.set(kWmem, "1");
    rig.machine->rules[kWmem] = [](const std::string&, std::string_view) -> Result<std::string> {
      return fail(answer(EIO, "write"));
    };
    EXPECT_EQ(rig.apply(profile, /*rollback_on_failure=*/false, std::move(options)).end,
              ApplyReport::End::Failed);
    rig.machine.set(kFirstIrq, "0");
    return cause_of(rig.plan(whole_profile()), "eth0/rxtx-0");
  };
  EXPECT_EQ(cause_after(whole_profile(), {.only = {"sysctl"}}), kUnknownIrq);
  Profile another = whole_profile();
  another.digest = "another";
  EXPECT_EQ(cause_after(another, {}), kUnknownIrq);
}

TEST(DriftCause, AStoppedRunIsNoCauseOfWhatItHasSet) {
  Rig rig;
  rig.machine->rules[kWmem] = [](const std::string&, std::string_view) -> Result<std::string> {
    return fail(answer(EIO, "write"));
  };
  ASSERT_EQ(rig.apply(whole_profile(), /*rollback_on_failure=*/false).end,
            ApplyReport::End::Failed);
  EXPECT_EQ(cause_of(rig.plan(whole_profile()), "net.core.wmem_max"),
            "the apply of 2026-01-01T00:00:00Z (run run-1) failed before this was set");
  rig.machine.set(kFirstIrq, "0");
  EXPECT_EQ(cause_of(rig.plan(whole_profile()), "eth0/rxtx-0"), "") << "no profile is active";
}

TEST(DriftCause, OtherOnlineCpusAreTheCause) {
  Drifted drifted;
  const std::string then = drifted.rig.machine.text("/sys/devices/system/cpu/online");
  drifted.rig.machine.set("/sys/devices/system/cpu/online", "0-2");
  EXPECT_TRUE(drifted.cause().starts_with("CPUs went offline or came online (")) << drifted.cause();
  EXPECT_TRUE(drifted.cause().ends_with(" then, 0-2 now)")) << drifted.cause();
}

TEST(DriftCause, OtherOnlineCpusAreTheCauseOfAnotherGoal) {
  Rig rig;
  rig.apply(whole_profile());
  const std::string cpu = rig.machine.text(kFirstIrq);
  CpuSet left = *CpuSet::parse_list(rig.machine.text("/sys/devices/system/cpu/online"));
  left.remove(CpuSet::parse_list(cpu)->first());
  rig.machine.set("/sys/devices/system/cpu/online", left.to_list());
  const std::string cause = cause_of(rig.plan(whole_profile()), "eth0/rxtx-0");
  EXPECT_TRUE(cause.starts_with("CPUs went offline or came online (")) << cause;
}

TEST(DriftCause, AnotherGoalOfTheSameProfileIsTheCause) {
  Rig rig;
  rig.apply(whole_profile());
  Profile same = other_profile();
  same.digest = whole_profile().digest;
  const std::string cause = cause_of(rig.plan(same), "net.core.wmem_max");
  EXPECT_TRUE(cause.starts_with("the same profile leads to another value on this machine ("))
      << cause;
}

// The kernel moves an interrupt whose only CPU goes offline to all online CPUs.
TEST(DriftCause, AnInterruptOnAllOtherCpusShowsThatItsCpuWasOffline) {
  Drifted drifted;
  const std::string online = drifted.rig.machine.text("/sys/devices/system/cpu/online");
  const Journal journal = drifted.rig.journal();
  const Step first = *step_named(drifted.rig.plan(whole_profile()).steps, "eth0/rxtx-0");
  const Journal::Entry* entry = journal.entry(first.desired.subject.key);
  ASSERT_NE(entry, nullptr);
  const auto own = std::get<CpuSet>(entry->last_written());
  const CpuSet others = *CpuSet::parse_list(online) - own;
  drifted.rig.machine.set(kFirstIrq, others.to_list());
  EXPECT_EQ(drifted.cause(), "CPU " + own.to_list() +
                                 " was offline and is back: this interrupt is on all other CPUs, "
                                 "where the kernel moved it");
  const Plan plan = drifted.rig.plan(whole_profile());
  EXPECT_EQ(step_named(plan.steps, "eth0/rxtx-0")->cause_code, CauseCode::CpuHotplug);
  CpuSet fewer = others;
  fewer.remove(others.first());
  drifted.rig.machine.set(kFirstIrq, fewer.to_list());
  EXPECT_EQ(drifted.cause(), kUnknownIrq) << "the kernel would not choose these CPUs";
}

const std::string kPolicies = "/sys/devices/system/cpu/cpufreq/";

// Any program may have restored a governor. If the times of its CPU are behind those of the others,
// the CPU was offline.
TEST(DriftCause, RestoredSettingsOfOneCpuNeedATraceToBlameTheCpu) {
  Rig rig;
  rig.apply(whole_profile());
  const auto cause = [&] {
    const Plan plan = rig.plan(whole_profile());
    const auto step = std::ranges::find_if(plan.steps, [](const Step& one) {
      return one.desired.subject.knob == "cpu_governor" && one.desired.subject.name == "policy1";
    });
    return step == plan.steps.end() ? CauseCode::None : step->cause_code;
  };
  rig.machine.set(kPolicies + "policy1/scaling_governor", "powersave");
  EXPECT_EQ(cause(), CauseCode::Unknown);
  rig.machine.set("/proc/stat",
                  "cpu  900 0 900 9000 0 0 0 0 0 0\ncpu0 100 0 100 9000 0 0 0 0 0 0\n"
                  "cpu1 10 0 10 100 0 0 0 0 0 0\ncpu2 100 0 100 8990 0 0 0 0 0 0\nintr 5\n");
  EXPECT_EQ(cause(), CauseCode::CpuHotplug);
  rig.machine.set("/proc/stat", "cpu0 9000 0 0 0 0\ncpu1 100 0 0 0 0\ncpu2 8990 0 0 0 0\n");
  EXPECT_EQ(cause(), CauseCode::CpuHotplug) << "time in user space alone";
  rig.machine.set(kPolicies + "policy1/scaling_governor", "userspace");
  EXPECT_EQ(cause(), CauseCode::Unknown) << "neither ours nor the original";
  rig.machine.set(kPolicies + "policy1/scaling_governor", "powersave");
  rig.machine.set("/proc/stat",
                  "cpu0 100 0 100 9000 0 0 0 0 0 0\ncpu1 90 0 100 8900 0 0 0 0 0 0\n");
  EXPECT_EQ(cause(), CauseCode::Unknown) << "clocks of CPUs differ by a few percent";
  rig.machine.set("/proc/stat", "cpu1\ncpuX 1 2 3 4\ncpu0 many\n");
  EXPECT_EQ(cause(), CauseCode::Unknown);
  rig.machine.set("/proc/stat", "cpu0 1 1 1 9000 0 0 0 0\ncpu1 1 1 1 10 0 0 0 0\n");
  for (const char* policy : {"policy0", "policy2", "policy3"})
    rig.machine.set(kPolicies + policy + "/scaling_governor", "powersave");
  EXPECT_EQ(cause(), CauseCode::Unknown) << "nothing was kept";
}

TEST(DriftCause, AModuleIsExplainedByItsHolder) {
  Profile profile = whole_profile();
  for (NamedSetting& module : profile.modules) module.setting.goal.value = false;
  Rig rig;
  ASSERT_TRUE(rig.machine.host().modules().load("tls").has_value());
  rig.apply(profile);
  ASSERT_TRUE(rig.machine.host().modules().load("tls").has_value());
  const auto step = [&] { return *step_named(rig.plan(profile).steps, "tls"); };
  ASSERT_EQ(step().status, Status::Change);
  EXPECT_EQ(step().cause_code, CauseCode::Unknown);
  rig.machine.set("/sys/module/tls/holders/bonding", "");
  EXPECT_EQ(step().cause_code, CauseCode::ModuleHolder);
  EXPECT_EQ(step().cause, "module bonding needs it and was loaded (/sys/module/tls/holders)");
}

TEST(DriftCause, AnotherNetworkNamespaceIsTheOnlyCause) {
  Drifted drifted;
  drifted.rig.machine->net_namespace = "net:[4026532000] cookie 7";
  for (const Step& step : drifted.rig.plan(whole_profile()).steps) {
    if (step.status != Status::Change || step.restores) continue;
    EXPECT_EQ(step.cause_code, CauseCode::OtherNamespace) << step.desired.subject.name;
    EXPECT_NE(step.cause.find("another network namespace"), std::string::npos) << step.cause;
  }
  EXPECT_NE(drifted.cause(), "");
}

// The codes have different names, and every cause has a code.
TEST(DriftCause, EveryCauseHasACode) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(CauseCode::Unknown); ++code)
    EXPECT_TRUE(names.insert(cause_code_name(static_cast<CauseCode>(code))).second) << code;
  Drifted drifted;
  for (const Step& step : drifted.rig.plan(whole_profile()).steps)
    EXPECT_EQ(step.cause.empty(), step.cause_code == CauseCode::None) << step.desired.subject.name;
}

TEST(DriftCause, AFileIsTheCauseOnlyIfItsValueIsObserved) {
  Rig rig;
  rig.apply(whole_profile());
  rig.machine.set(kWmem, "4096");
  rig.machine.set("/etc/sysctl.d/50-other.conf", "net.core.wmem_max = 5\n");
  EXPECT_EQ(
      cause_of(rig.plan(whole_profile()), "net.core.wmem_max"),
      "unknown: not a reboot, also set by sysctl.d (/etc/sysctl.d/50-other.conf:1), but to 5");
  rig.machine.set("/etc/sysctl.d/50-other.conf", "net.core.wmem_max = 4096\n");
  EXPECT_EQ(cause_of(rig.plan(whole_profile()), "net.core.wmem_max"),
            "also set by sysctl.d (/etc/sysctl.d/50-other.conf:1)");
}

// After a reboot; only the boot unit sets the profile.
struct Rebooted {
  Rebooted() {
    rig.apply(lasting());
    rig.reboot("22222222-2222-2222-2222-222222222222");
    rig.machine->folders.insert("/run/systemd/system");
  }

  static Profile lasting() {
    Profile profile = whole_profile();
    profile.persist = true;
    return profile;
  }

  void unit(UnitState state) {
    rig.machine->unit_states["ktls-tuner-apply.service"] = std::move(state);
  }

  std::string cause() const {
    return step_named(rig.plan(lasting()).steps, "net.core.wmem_max")->cause;
  }

  Rig rig;
};

TEST(DriftCause, AFailedBootUnitIsTheCause) {
  Rebooted rebooted;
  rebooted.unit({.active = "failed", .result = "exit-code", .exit_status = 4});
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot: ktls-tuner-apply.service failed with exit code 4; "
            "see journalctl -b -u ktls-tuner-apply");
  rebooted.unit({.active = "failed", .result = "timeout"});
  EXPECT_EQ(
      rebooted.cause(),
      "not set since the reboot: ktls-tuner-apply.service failed (timeout); see journalctl -b "
      "-u ktls-tuner-apply");
}

TEST(DriftCause, ABootUnitThatHasNotRunOrStillRunsIsTheCause) {
  Rebooted rebooted;
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot: ktls-tuner-apply.service has not run, or has failed "
            "(systemctl status ktls-tuner-apply)");
  rebooted.unit({.active = "inactive", .result = "success"});
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot: ktls-tuner-apply.service has not run; run systemctl start "
            "ktls-tuner-apply");
  rebooted.unit({.active = "activating", .result = "success"});
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot: ktls-tuner-apply.service is still running");
  rebooted.unit({.active = "active", .result = "success"});
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot: ktls-tuner-apply.service succeeded but set nothing; see "
            "journalctl -b -u ktls-tuner-apply");
}

TEST(DriftCause, WithoutSystemdTheCauseIsCron) {
  Rebooted rebooted;
  rebooted.rig.machine->folders.erase("/run/systemd/system");
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot: the @reboot line of /etc/cron.d/ktls-tuner has not run, or "
            "has failed");
}

TEST(DriftCause, AnotherKernelIsReported) {
  Rebooted rebooted;
  const std::string before = rebooted.rig.kernel();
  rebooted.rig.machine.set("/proc/sys/kernel/osrelease", "6.12.9-amd64");
  rebooted.unit({.active = "failed", .result = "exit-code", .exit_status = 1});
  EXPECT_EQ(rebooted.cause(),
            "not set since the reboot into another kernel (" + before +
                " then, 6.12.9-amd64 now): ktls-tuner-apply.service failed with exit code 1; "
                "see journalctl -b -u ktls-tuner-apply");
}

TEST(OneNic, OnlyItsSettingsArePlannedAndWritten) {
  Rig rig;
  rig.apply(whole_profile());
  rig.machine.set(kFirstIrq, "0");
  rig.machine.set("/proc/irq/30/smp_affinity_list", "2");  // an interrupt of eth1
  rig.machine.set("/proc/sys/net/core/wmem_max", "4096");
  rig.machine->writes.clear();
  const PlanOptions only{.nics = {"pci:0000:81:00.0"}};
  EXPECT_EQ(names_with(rig.plan(whole_profile(), only), Status::Change),
            std::vector<std::string>{"irq_affinity eth0/rxtx-0"});
  EXPECT_EQ(rig.apply(whole_profile(), true, only).end, ApplyReport::End::Applied);
  EXPECT_EQ(rig.machine->writes.size(), 1U);
  EXPECT_EQ(rig.machine.text("/proc/irq/30/smp_affinity_list"), "2");
  EXPECT_EQ(names_with(rig.plan(whole_profile()), Status::Change).size(), 2U);
}

TEST(OneNic, TheSettingsOfOthersAreNotRestored) {
  Rig rig;
  rig.apply(whole_profile());
  EXPECT_TRUE(rig.plan({.name = "empty"}, {.nics = {"pci:0000:01:00.0"}}).steps.size() <
              rig.plan({.name = "empty"}).steps.size());
}

}  // namespace
}  // namespace tuner::testing
