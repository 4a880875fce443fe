// A change of a NIC's channels resets affinities and renumbers interrupts. Values that the profile
// does not mention are restored; settings of the profile are deferred in the plan and written
// later.
#include "engine/rig.h"

#include <gmock/gmock.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using testing::exactly;
using ::testing::HasSubstr;
using testing::names_with;
using testing::Rig;
using testing::shaped_profile;
using testing::step_named;
using testing::whole_profile;

const PlanOptions kMayFlap{.max_disruption = Disruption::LinkFlap};

Profile only_channels(std::int64_t count) {
  Profile profile{.name = "channels", .digest = "0000000000000009"};
  profile.nics = {
      {.select = {.names = {"eth0"}}, .channels = {{"combined", exactly(std::int64_t{count})}}}};
  return profile;
}

std::string affinity(const Rig& rig, int irq) {
  return rig.machine.text("/proc/irq/" + std::to_string(irq) + "/smp_affinity_list");
}

TEST(Disturb, AffinitiesOfAReshapedNicAreDeferredWithTheirGoal) {
  const Rig rig;
  const Plan plan = rig.plan(shaped_profile(), kMayFlap);
  EXPECT_THAT(names_with(plan, Status::Deferred),
              ElementsAre("irq_affinity eth0/rxtx-0", "irq_affinity eth0/rxtx-1", "xps eth0/tx-0",
                          "xps eth0/tx-1", "rps eth0/rx-0", "rps eth0/rx-1"));
  const Step& first = *step_named(plan.steps, "eth0/rxtx-0");
  EXPECT_EQ(first.target, Value{CpuSet::of({2})});
  EXPECT_THAT(first.because, HasSubstr("after nic_channels eth0/combined 4 -> 2: queue 0 on core"));
  EXPECT_EQ(summarize(plan.steps).deferred, 6);
  EXPECT_EQ(step_named(plan.steps, "eth1/rx-0")->status, Status::Change) << "another NIC";
}

TEST(Disturb, FutureQueuesAreForeseen) {
  Rig rig;
  rig.machine->nics["eth0"].shapes[NicShape::Channels]["combined"].value = 4;
  Profile profile = whole_profile();
  profile.nics[0].channels = {{"combined", exactly(std::string("max"))}};
  const Plan plan = rig.plan(profile, kMayFlap);
  const Step* last = step_named(plan.steps, "eth0/rxtx-7");
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->status, Status::Deferred);
  EXPECT_EQ(last->observed.reason, "it does not exist yet");
}

TEST(Disturb, DeferredSettingsAreWrittenInTheSameApply) {
  Rig rig;
  const ApplyReport report = rig.apply(shaped_profile(), true, kMayFlap);
  ASSERT_EQ(report.end, ApplyReport::End::Applied) << (report.error ? report.error->text : "");
  EXPECT_EQ(affinity(rig, 224), "2") << "queue 0 has interrupt 224 now";
  EXPECT_EQ(affinity(rig, 225), "3");
  EXPECT_TRUE(names_with(rig.plan(shaped_profile(), kMayFlap), Status::Change).empty());
  EXPECT_TRUE(names_with(rig.plan(shaped_profile(), kMayFlap), Status::Deferred).empty());
}

TEST(Disturb, SettingsOutsideTheProfileAreRestoredAtOnce) {
  Rig rig;
  rig.machine.set("/proc/irq/24/smp_affinity_list", "0");
  const auto start = rig.machine.snapshot();
  const ApplyReport report = rig.apply(only_channels(2), true, kMayFlap);
  ASSERT_EQ(report.end, ApplyReport::End::Applied) << (report.error ? report.error->text : "");
  EXPECT_EQ(affinity(rig, 224), "0") << "the value of the administrator";
  const Step* back = step_named(report.plan.steps, "eth0/rxtx-0");
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->because, "the change of this NIC's queues reset it: restores its earlier value");
  EXPECT_TRUE(back->undoes_reset) << "no change of the host";
  EXPECT_TRUE(rig.rollback()->complete());
  EXPECT_EQ(rig.machine.snapshot(), start);
}

TEST(Disturb, SettingsOfAnEarlierProfileAreForeseenAsRestored) {
  Rig rig;
  rig.machine.set("/proc/irq/24/smp_affinity_list", "0");
  ASSERT_EQ(rig.apply(whole_profile(), true, kMayFlap).end, ApplyReport::End::Applied);
  const Plan plan = rig.plan(only_channels(2), kMayFlap);
  const Step* back = step_named(plan.steps, "eth0/rxtx-0");
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->status, Status::Deferred);
  EXPECT_THAT(back->because, HasSubstr("after nic_channels eth0/combined 4 -> 2: only an earlier"));
  const ApplyReport report = rig.apply(only_channels(2), true, kMayFlap);
  ASSERT_EQ(report.end, ApplyReport::End::Applied) << (report.error ? report.error->text : "");
  back = step_named(report.plan.steps, "eth0/rxtx-0");
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(affinity(rig, 224), "0");
  EXPECT_FALSE(back->undoes_reset) << "the earlier profile had another value";
  EXPECT_TRUE(rig.rollback()->complete());
}

TEST(Disturb, RollbackRestoresQueuesWithTheirAffinities) {
  Rig rig;
  rig.machine.set("/proc/irq/27/smp_affinity_list", "1");
  const auto start = rig.machine.snapshot();
  rig.apply(shaped_profile(), true, kMayFlap);
  ASSERT_NE(rig.machine.snapshot(), start);
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->complete());
  EXPECT_EQ(rig.machine.snapshot(), start);
  EXPECT_TRUE(rig.journal().entries().empty());
}

TEST(Disturb, RollbackRestoresAndReportsValuesSetByOthers) {
  Rig rig;
  rig.apply(shaped_profile(), true, kMayFlap);
  rig.machine.set("/proc/irq/224/smp_affinity_list", "0-1");
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(affinity(rig, 24), "0-1") << "the value of others, although the queues are new";
  EXPECT_EQ(affinity(rig, 25), "2-3") << "the original";
  EXPECT_FALSE(report->complete());
  const Step* left = step_named(report->steps, "eth0/rxtx-0");
  EXPECT_EQ(left->status, Status::Blocked);
  EXPECT_EQ(left->because, "a value set by others, which was lost with the queues");
  ASSERT_TRUE(rig.rollback({.force = true})->complete());
  EXPECT_EQ(affinity(rig, 24), "2-3");
}

TEST(Disturb, RollbackOfQueuesLeavesTheSettingsOfAnotherNic) {
  Rig rig;
  rig.apply(shaped_profile(), true, kMayFlap);
  const std::string theirs = affinity(rig, 30) == "1" ? "0" : "1";
  rig.machine.set("/proc/irq/30/smp_affinity_list", theirs);
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  const Step* left = step_named(report->steps, "eth1/rx-0");
  ASSERT_NE(left, nullptr);
  EXPECT_EQ(left->status, Status::Blocked);
  EXPECT_THAT(left->because, HasSubstr("others changed it to " + theirs));
  EXPECT_EQ(affinity(rig, 30), theirs);
  EXPECT_NE(rig.journal().entry(left->desired.subject.key), nullptr) << "its original is kept";
}

TEST(Disturb, RollbackOfRestoredQueuesResetsNothing) {
  Rig rig;
  rig.apply(shaped_profile(), true, kMayFlap);
  rig.machine->nics["eth0"].shapes[NicShape::Channels]["combined"].value = 4;
  rig.machine->nics["eth0"].shapes[NicShape::Rings]["rx"].value = 256;
  rig.machine.set("/proc/irq/224/smp_affinity_list", "0-1");
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(step_named(report->steps, "eth0/combined")->because, "it has its original value");
  const Step* left = step_named(report->steps, "eth0/rxtx-0");
  ASSERT_NE(left, nullptr);
  EXPECT_EQ(left->status, Status::Blocked);
  EXPECT_THAT(left->because, HasSubstr("others changed it to 0-1"));
  EXPECT_NE(rig.journal().entry(left->desired.subject.key), nullptr) << "its original is kept";
}

TEST(Disturb, ASettingOnlyPreservedBeforeAMissingWriteIsNotRestored) {
  Rig rig;
  rig.interrupted = [] { return true; };
  ASSERT_EQ(rig.apply(only_channels(2), false, kMayFlap).end, ApplyReport::End::Failed);
  ASSERT_FALSE(rig.journal().entries().empty()) << "the affinities that the write would disturb";
  rig.machine.set("/proc/irq/24/smp_affinity_list", "0");
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->complete());
  const Step* left = step_named(report->steps, "eth0/rxtx-0");
  ASSERT_NE(left, nullptr);
  EXPECT_EQ(left->status, Status::InSync);
  EXPECT_EQ(affinity(rig, 24), "0") << "set by the administrator, not by this program";
}

TEST(Disturb, AProfileWithoutChannelsRestoresThemAndTheSettingsThatTheyReset) {
  Rig rig;
  const auto start = rig.machine.snapshot();
  rig.apply(only_channels(2), true, kMayFlap);
  Profile none{.name = "none", .digest = "0000000000000008"};
  EXPECT_THAT(names_with(rig.plan(none), Status::Blocked),
              ElementsAre("nic_channels eth0/combined"))
      << "restoring also flaps the link";
  const ApplyReport report = rig.apply(none, true, kMayFlap);
  ASSERT_EQ(report.end, ApplyReport::End::Applied);
  EXPECT_EQ(rig.machine.snapshot(), start);
}

TEST(Disturb, ARoundedNumberIsNoDrift) {
  Rig rig;
  rig.apply(shaped_profile(), true, kMayFlap);
  const Plan plan = rig.plan(shaped_profile(), kMayFlap);
  const Step* rx = step_named(plan.steps, "eth0/rx");
  ASSERT_NE(rx, nullptr);
  EXPECT_EQ(rx->status, Status::InSync);
  EXPECT_EQ(rx->because, "the driver uses 1024 for 1000");
  rig.machine->nics["eth0"].shapes[NicShape::Rings]["rx"].value = 512;
  EXPECT_EQ(step_named(rig.plan(shaped_profile(), kMayFlap).steps, "eth0/rx")->status,
            Status::Change)
      << "set by others";
}

TEST(Disturb, QueuesAreNotReopenedWhileTheNicDecrypts) {
  Rig rig;
  rig.machine.set("/proc/net/tls_stat", "TlsCurrRxDevice \t3\n");
  const Plan plan = rig.plan(only_channels(2), kMayFlap);
  const Step* combined = step_named(plan.steps, "eth0/combined");
  EXPECT_EQ(combined->status, Status::Blocked);
  EXPECT_THAT(combined->because, HasSubstr("3 connections are being decrypted by a NIC"));
  EXPECT_EQ(rig.apply(only_channels(2), true, kMayFlap).end, ApplyReport::End::Refused);
  PlanOptions forced = kMayFlap;
  forced.force = true;
  EXPECT_EQ(rig.apply(only_channels(2), true, forced).end, ApplyReport::End::Applied);
}

// tls_stat is a list by name, and no other file is read for it.
TEST(Disturb, ATlsStatWithoutTheCounterHoldsNothingBack) {
  Rig rig;
  rig.machine.set("/proc/net/tls_stat", "TlsTxSw \t3\n");
  const Plan plan = rig.plan(only_channels(2), kMayFlap);
  EXPECT_EQ(step_named(plan.steps, "eth0/combined")->status, Status::Change);
}

TEST(Disturb, ALinkFlapNeedsTheOption) {
  const Rig rig;
  const Plan plan = rig.plan(only_channels(2));
  EXPECT_EQ(step_named(plan.steps, "eth0/combined")->because,
            "the write disturbs traffic (link-flap); allow it with --max-disruption link-flap");
}

}  // namespace
}  // namespace tuner
