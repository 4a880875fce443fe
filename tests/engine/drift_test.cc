#include "engine/drift.h"

#include "engine/rig.h"

#include <algorithm>

namespace tuner::testing {
namespace {

constexpr std::string_view kFirstIrq = "/proc/irq/24/smp_affinity_list";
const std::string kDevice = "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0";
const std::string kNet = kDevice + "/net/eth0";

// An applied profile, with one interrupt moved away since.
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

TEST(DriftCause, NothingIsSaidOfWhatIsAsItWasSet) {
  Rig rig;
  EXPECT_EQ(step_named(rig.plan(whole_profile()).steps, "eth0/rxtx-0")->cause, "");
  rig.apply(whole_profile());
  for (const Step& step : rig.plan(whole_profile()).steps) EXPECT_EQ(step.cause, "");
}

TEST(DriftCause, WithoutATraceItSaysSo) {
  EXPECT_EQ(Drifted().cause(), "changed at run time, by something that left no trace");
}

TEST(DriftCause, AnotherInterfaceIndexIsADriverThatWasLoadedAgain) {
  Drifted drifted;
  drifted.net("ifindex", "7");
  EXPECT_EQ(drifted.cause(),
            "the driver of eth0 was loaded again, or the device came anew (interface 2 then, 7 "
            "now)");
}

TEST(DriftCause, AnotherNumberOfQueues) {
  Drifted drifted;
  drifted.rig.machine.remove(kNet + "/queues/rx-3");
  EXPECT_EQ(drifted.cause(),
            "the queues of eth0 were changed (4 receive and 4 transmit then, 3 and 4 now)");
}

TEST(DriftCause, AnotherInterruptNumberAlone) {
  Drifted drifted;
  FakeMachine& machine = drifted.rig.machine;
  machine.set("/proc/irq/74/smp_affinity_list", "0");
  machine.set("/sys/kernel/irq/74/actions", "eth0-rxtx-0");
  machine.set(kDevice + "/msi_irqs/74", "msix");
  machine.remove(kDevice + "/msi_irqs/24");
  machine.remove("/sys/kernel/irq/24");
  EXPECT_EQ(drifted.cause(), "the driver made it anew (24 then, 74 now)");
}

TEST(DriftCause, AnOwnerThatRunsComesBeforeTheLink) {
  Drifted drifted;
  drifted.rig.machine.set("/run/irqbalance.pid", "412");
  drifted.rig.machine.set("/proc/412/comm", "irqbalance");
  // Banned it is not the one.
  EXPECT_EQ(drifted.cause(), "changed at run time, by something that left no trace");
  Profile left = whole_profile();
  left.irqbalance->goal.value = std::string("leave");
  const Plan plan = drifted.rig.plan(left);
  EXPECT_EQ(step_named(plan.steps, "eth0/rxtx-0")->cause, "also set by irqbalance (pid 412)");
}

TEST(DriftCause, ALinkThatWentDownAndUp) {
  Rig rig;
  rig.machine.set(kNet + "/carrier_changes", "2");
  rig.apply(whole_profile());
  rig.machine.set(kFirstIrq, "0");
  rig.machine.set(kNet + "/carrier_changes", "4");
  EXPECT_EQ(step_named(rig.plan(whole_profile()).steps, "eth0/rxtx-0")->cause,
            "the link of eth0 went down or up 2 times, and its driver starts anew with it");
}

TEST(DriftCause, ANicThatWasNotThere) {
  Rig rig;
  rig.apply(other_profile());  // sets no NIC
  EXPECT_EQ(step_named(rig.plan(whole_profile()).steps, "eth0/rxtx-0")->cause,
            "eth0 was not there when the profile was applied");
}

TEST(DriftCause, AnotherWishIsNoDrift) {
  Rig rig;
  rig.apply(whole_profile());
  EXPECT_EQ(step_named(rig.plan(other_profile()).steps, "net.core.wmem_max")->cause,
            "the profile wants something else than it did");
}

TEST(OneNic, IsPlannedAndWrittenAlone) {
  Rig rig;
  rig.apply(whole_profile());
  rig.machine.set(kFirstIrq, "0");
  rig.machine.set("/proc/irq/30/smp_affinity_list", "2");  // eth1's
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

TEST(OneNic, WhatIsNotItsOwnIsNotRestoredEither) {
  Rig rig;
  rig.apply(whole_profile());
  EXPECT_TRUE(rig.plan({.name = "empty"}, {.nics = {"pci:0000:01:00.0"}}).steps.size() <
              rig.plan({.name = "empty"}).steps.size());
}

}  // namespace
}  // namespace tuner::testing
