#include "engine/plan.h"

#include "engine/rig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::names_with;
using testing::other_profile;
using testing::Rig;
using testing::step_named;
using testing::whole_profile;

constexpr const char* kWmem = "/proc/sys/net/core/wmem_max";

TEST(Plan, NeverWrites) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  rig.plan(whole_profile());
  EXPECT_EQ(rig.machine.fuse->count(), 0);
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Plan, NamesExactlyTheSettingThatDrifted) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, ApplyReport::End::Applied);
  rig.machine.set(kWmem, "4096");
  EXPECT_THAT(names_with(rig.plan(whole_profile()), Status::Change),
              ElementsAre("sysctl net.core.wmem_max"));
}

TEST(Plan, UnreadableIsNeverAChange) {
  Rig rig;
  rig.machine->unreadable.insert(kWmem);
  const Plan plan = rig.plan(whole_profile());
  EXPECT_EQ(step_named(plan.steps, "net.core.wmem_max")->status, Status::Unreadable);
}

std::vector<std::string> steps_on(const Plan& plan, std::string_view device) {
  std::vector<std::string> all;
  for (const Step& step : plan.steps) {
    if (step.desired.subject.device == device)
      all.push_back(fmt::format("{} {} {} {} {}", step.desired.subject.knob,
                                step.desired.subject.name, status_name(step.status),
                                to_text(step.target), step.because));
  }
  return all;
}

// The interrupts of one NIC are placed beside those of the others.
TEST(Plan, OfOneNicIsItsPartOfTheWholePlan) {
  Rig rig;
  const Plan whole = rig.plan(whole_profile());
  for (const char* key : {"pci:0000:81:00.0", "pci:0000:01:00.0"}) {
    const auto expected = steps_on(whole, key);
    ASSERT_GT(expected.size(), 2U) << key;
    const Plan part = rig.plan(whole_profile(), {.nics = {key}});
    EXPECT_EQ(steps_on(part, key), expected);
    EXPECT_EQ(part.steps.size(), expected.size());
  }
}

TEST(Plan, OfOneNicDoesNotAskTheOthers) {
  Rig rig;
  Profile profile = whole_profile();
  for (NicEntry& entry : profile.nics) {
    entry.irq_placement.reset();
    entry.xps.reset();
    entry.rps.reset();
  }
  profile.irqbalance.reset();
  const PlanOptions first{.nics = {"pci:0000:81:00.0"}};
  const auto expected = steps_on(rig.plan(profile), first.nics.front());
  ASSERT_FALSE(expected.empty());
  rig.machine->nics.at("eth1").features_error = testing::answer(EIO, "features of eth1");
  for (const auto& [path, text] : rig.machine->files) {
    if (path.ends_with("/actions") && text.find("eth1") != std::string::npos)
      rig.machine->unreadable.insert(path);
  }
  const Plan plan = rig.plan(profile, first);
  EXPECT_EQ(steps_on(plan, first.nics.front()), expected);
  EXPECT_EQ(plan.steps.size(), expected.size()) << "a step for what was not looked at";
}

TEST(Plan, MissingFileIsUnsupportedWithAReason) {
  Rig rig;
  rig.machine.remove(kWmem);
  const Plan plan = rig.plan(whole_profile());
  const Step* step = step_named(plan.steps, "net.core.wmem_max");
  EXPECT_EQ(step->status, Status::Unsupported);
  EXPECT_FALSE(step->because.empty());
}

TEST(Plan, KeepsABetterValueThanAtLeastAsksFor) {
  Rig rig;
  rig.machine.set("/proc/sys/net/ipv4/tcp_wmem", "4096\t65536\t4194304");
  const Plan plan = rig.plan(whole_profile());
  EXPECT_EQ(step_named(plan.steps, "net.ipv4.tcp_wmem")->target,
            (Value{Integers{4096, 65536, 16777216}}));
}

Profile with_congestion_control(std::string_view word) {
  Profile profile{.name = "cc"};
  profile.sysctl = {{"net.ipv4.tcp_congestion_control",
                     {.goal = {.value = std::string(word)}, .why = "for far peers"}}};
  return profile;
}

TEST(Plan, AValueThatTheMachineRefusesIsNoChange) {
  Rig rig;
  const Plan plan = rig.plan(with_congestion_control("no_such_cc"));
  const Step& step = plan.steps.at(0);
  EXPECT_EQ(step.status, Status::Unsupported);
  EXPECT_EQ(step.because,
            "tcp_available_congestion_control has reno cubic and no module tcp_no_such_cc");
  EXPECT_EQ(step.observed.value, Value(std::string("cubic"))) << "the present value is observed";
  EXPECT_EQ(step.target, Value{});
  EXPECT_TRUE(cannot_be_met(step));
  EXPECT_EQ(rig.apply(with_congestion_control("no_such_cc")).end, ApplyReport::End::Refused);
  EXPECT_EQ(rig.machine.fuse->count(), 0);
}

TEST(Plan, APresentValueIsInSyncEvenIfItIsNotOffered) {
  Rig rig;
  rig.machine.remove("/proc/sys/net/ipv4/tcp_available_congestion_control");
  const Plan plan = rig.plan(with_congestion_control("cubic"));
  EXPECT_EQ(plan.steps.at(0).status, Status::InSync);
}

TEST(Plan, AChoiceIsUnreadableIfTheListCannotBeRead) {
  Rig rig;
  rig.machine->read_errors["/proc/sys/net/ipv4/tcp_available_congestion_control"] = EIO;
  const Plan plan = rig.plan(with_congestion_control("reno"));
  EXPECT_EQ(plan.steps.at(0).status, Status::Unreadable);
  EXPECT_THAT(plan.steps.at(0).because, HasSubstr("tcp_available_congestion_control"));
}

TEST(Plan, ARemarkOnAChoiceFollowsItsReason) {
  Rig rig;
  rig.machine.set("/lib/modules/6.1.0-32-amd64/modules.dep", "kernel/net/ipv4/tcp_bbr.ko:");
  const Plan plan = rig.plan(with_congestion_control("bbr"));
  EXPECT_EQ(plan.steps.at(0).status, Status::Change);
  EXPECT_EQ(plan.steps.at(0).because,
            "for far peers; the kernel loads module tcp_bbr on the write");
}

TEST(Plan, OnlyAndSkipSelectFamilies) {
  Rig rig;
  for (const Step& step : rig.plan(whole_profile(), {.only = {"sysctl"}}).steps) {
    EXPECT_EQ(step.desired.subject.knob, "sysctl");
  }
  for (const Step& step : rig.plan(whole_profile(), {.skip = {"sysctl"}}).steps) {
    EXPECT_NE(step.desired.subject.knob, "sysctl");
  }
}

TEST(Plan, AWriteAboveTheDisruptionLimitIsBlockedAndNamesTheOption) {
  Rig rig;
  const Plan plan = rig.plan(whole_profile(), {.max_disruption = Disruption::None});
  const Step* step = step_named(plan.steps, "eth0/tls-hw-tx-offload");
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->status, Status::Blocked);
  EXPECT_THAT(step->because, HasSubstr("--max-disruption new-connections"));
}

// eth0 uses mlx5_core, which reopens its channels for TLS receive offload, and carries the login
// session.
struct SessionRig : Rig {
  SessionRig() {
    machine.link("/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0/driver",
                 "/sys/bus/pci/drivers/mlx5_core");
    machine.set("/sys/bus/pci/drivers/mlx5_core/uevent", "");
    machine->nics["eth0"].address = "192.0.2.1";
    machine.set("/proc/self/status", "Name:\tktls-tuner\nPid:\t812\nPPid:\t1\n");
    machine.set("/proc/self/environ",
                std::string("A=b") + '\0' + "SSH_CONNECTION=192.0.2.7 51234 192.0.2.1 22" + '\0');
  }
  Step step(PlanOptions options) const {
    Profile profile{.name = "rx"};
    profile.nics = {
        {.select = {.any_physical = true},
         .features = {{.name = "tls-hw-rx-offload", .setting = testing::exactly(true)}}}};
    const Plan all = plan(profile, std::move(options));
    const Step* found = step_named(all.steps, "eth0/tls-hw-rx-offload");
    EXPECT_NE(found, nullptr);
    return found == nullptr ? Step{} : *found;
  }
};

TEST(Plan, InterruptingTheNicOfTheLoginSessionNeedsConfirmWithin) {
  const SessionRig rig;
  const Step step = rig.step({.max_disruption = Disruption::ChannelReopen, .spare_session = true});
  EXPECT_EQ(step.status, Status::Blocked);
  EXPECT_THAT(step.because,
              HasSubstr("the write interrupts the NIC (channel-reopen), and eth0 carries this "
                        "session (SSH_CONNECTION of process 812: 192.0.2.7 to 192.0.2.1); allow it "
                        "with --confirm-within 60s"));
  const Step allowed = rig.step({.max_disruption = Disruption::ChannelReopen,
                                 .confirm_within = std::chrono::seconds(60),
                                 .spare_session = true});
  EXPECT_EQ(allowed.status, Status::Change);
}

TEST(Plan, NamesBothOptionsIfBothAreNeeded) {
  const SessionRig rig;
  const Step step = rig.step({.spare_session = true});
  EXPECT_EQ(step.status, Status::Blocked);
  EXPECT_THAT(step.because, HasSubstr("allow it with --max-disruption channel-reopen and "
                                      "--confirm-within 60s"));
  EXPECT_THAT(step.because, HasSubstr("eth0 carries this session"));
}

TEST(Plan, IgnoresTheLoginSessionIfThereIsNoneOrForCheck) {
  SessionRig rig;
  const PlanOptions looking{.max_disruption = Disruption::ChannelReopen};
  EXPECT_EQ(rig.step(looking).status, Status::Change) << "check";
  rig.machine->nics["eth0"].address = "192.0.2.2";
  const PlanOptions sparing{.max_disruption = Disruption::ChannelReopen, .spare_session = true};
  EXPECT_EQ(rig.step(sparing).status, Status::Change) << "the login session uses another NIC";
}

TEST(Plan, ASettingOfAnEarlierProfileOnlyIsRestored) {
  Rig rig;
  const std::string original = rig.machine.text("/proc/sys/net/ipv4/tcp_notsent_lowat");
  ASSERT_EQ(rig.apply(whole_profile()).end, ApplyReport::End::Applied);
  const Plan plan = rig.plan(other_profile());
  const Step* step = step_named(plan.steps, "net.ipv4.tcp_notsent_lowat");
  ASSERT_NE(step, nullptr);
  EXPECT_TRUE(step->restores);
  EXPECT_EQ(to_text(step->target), original);
}

TEST(Plan, LeavesSettingsThatOthersChangedAfterAnEarlierProfile) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, ApplyReport::End::Applied);
  rig.machine.set("/proc/sys/net/ipv4/tcp_notsent_lowat", "777");
  const Plan plan = rig.plan(other_profile());
  EXPECT_EQ(step_named(plan.steps, "net.ipv4.tcp_notsent_lowat"), nullptr);
  EXPECT_THAT(plan.notes, Contains(HasSubstr("changed to 777 by others")));
}

TEST(Plan, InSyncMachineHasAnEmptyPlan) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, ApplyReport::End::Applied);
  EXPECT_THAT(names_with(rig.plan(whole_profile()), Status::Change), IsEmpty());
}

TEST(Plan, NamesTheOwnerOfASetting) {
  Rig rig;
  rig.machine.set("/etc/sysctl.d/50-own.conf", "net.core.wmem_max = 4096");
  const Plan plan = rig.plan(whole_profile());
  EXPECT_EQ(step_named(plan.steps, "net.core.wmem_max")->desired.owner,
            "sysctl.d (/etc/sysctl.d/50-own.conf:1)");
  EXPECT_EQ(step_named(plan.steps, "net.ipv4.tcp_wmem")->desired.owner, "");
}

Profile two_sysctls() {
  Profile profile;
  profile.name = "two";
  profile.digest = "d";
  profile.sysctl = {{"net.core.rmem_max", testing::exactly(std::int64_t{4096})},
                    {"net.core.wmem_max", testing::exactly(std::int64_t{4096})}};
  return profile;
}

TEST(Plan, SysctlsInSyncAreLookedAtAloneIfNobodyAsksForOwners) {
  Rig rig;
  for (const char* name : {"rmem_max", "wmem_max"})
    rig.machine.set(std::string("/proc/sys/net/core/") + name, "4096\n");
  rig.machine.set("/etc/sysctl.d/50-own.conf", "net.core.wmem_max = 4096");
  rig.machine.forget();
  const Plan quiet = rig.plan(two_sysctls(), {.every_owner = false});
  EXPECT_EQ(step_named(quiet.steps, "net.core.wmem_max")->status, Status::InSync);
  for (const char* place : {"/etc", "/sys/fs/cgroup", "/proc/net", "/sys/module", "/boot"})
    EXPECT_EQ(rig.machine.reads_below(place), 0) << place;
  EXPECT_EQ(rig.machine.reads_below("/proc/sys/net"), 2);
  const Plan all = rig.plan(two_sysctls(), {.every_owner = true});
  EXPECT_EQ(step_named(all.steps, "net.core.wmem_max")->desired.owner,
            "sysctl.d (/etc/sysctl.d/50-own.conf:1)");
}

TEST(Plan, TheOwnerOfADriftedSettingIsFoundAlsoIfNobodyAsked) {
  Rig rig;
  ASSERT_EQ(rig.apply(two_sysctls()).end, ApplyReport::End::Applied);
  rig.machine.set("/etc/sysctl.d/50-own.conf",
                  "net.core.wmem_max = 777\nnet.core.rmem_max = 4096\n");
  rig.machine.set("/proc/sys/net/core/wmem_max", "777\n");
  const Plan plan = rig.plan(two_sysctls(), {.every_owner = false});
  const Step* drifted = step_named(plan.steps, "net.core.wmem_max");
  EXPECT_EQ(drifted->desired.owner, "sysctl.d (/etc/sysctl.d/50-own.conf:1)");
  EXPECT_EQ(drifted->cause_code, CauseCode::Owner);
  EXPECT_EQ(step_named(plan.steps, "net.core.rmem_max")->desired.owner, "")
      << "nothing is wrong with it";
}

TEST(Plan, QueuesAreNotReopenedWhileItIsUnknownWhetherANicDecrypts) {
  Rig rig;
  const Journal none;
  const Profile profile = testing::shaped_profile();
  const PlanInput input{.profile = profile,
                        .journal = none,
                        .knobs = catalog(),
                        .options = {.max_disruption = Disruption::LinkFlap}};
  EXPECT_TRUE(has(facts_needed(input), FactNeed::TlsStat));
  const Host host = rig.machine.host();
  Facts facts = collect_facts(host, facts_needed(input));
  const auto blocked = [&] {
    int count = 0;
    for (const Step& step : make_plan(host, facts, input).steps)
      count += step.because.find("tls_stat was not read") != std::string::npos ? 1 : 0;
    return count;
  };
  EXPECT_EQ(blocked(), 0);
  facts.looked_at = FactNeed::Nics;
  facts.tls_stat.reset();
  EXPECT_GT(blocked(), 0);
}

TEST(Plan, CollectsNoFactsThatTheProfileDoesNotNeed) {
  Rig rig;
  const Journal none;
  const Profile only_module{.name = "m", .modules = {{"tls", testing::exactly(true)}}};
  const PlanInput input{.profile = only_module, .journal = none, .knobs = catalog(), .options = {}};
  EXPECT_FALSE(has(facts_needed(input), FactNeed::Irqs));
  EXPECT_FALSE(has(facts_needed(input), FactNeed::Cpufreq));
  EXPECT_FALSE(has(facts_needed(input), FactNeed::Kernel | FactNeed::TlsStat));
  EXPECT_FALSE(has(facts_needed(input), FactNeed::Neighbours | FactNeed::ExternalSettings));
}

}  // namespace
}  // namespace tuner
