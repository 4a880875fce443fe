#include "host/facts/neighbours.h"

#include "host/facts/parts.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

std::string neighbours_of(const FakeMachine& machine) {
  std::string text;
  for (const Neighbour& neighbour : collect_neighbours(machine.host().files()))
    text += neighbour.name + " (" + neighbour.detail + ") ";
  return text;
}

TEST(CollectNeighbours, AnEmptyMachineHasNone) {
  EXPECT_EQ(neighbours_of(FakeMachine()), "");
}

TEST(CollectNeighbours, FindsProcessesInServiceControlGroups) {
  FakeMachine machine;
  const std::string services = "/sys/fs/cgroup/system.slice/";
  machine.set(services + "irqbalance.service/cgroup.procs", "412");
  machine.set("/proc/412/comm", "irqbalance");
  machine.set(services + "tuned.service/cgroup.procs", "500\n501");
  machine.set("/proc/501/comm", "tuned");
  machine.set("/etc/tuned/active_profile", "throughput-performance");
  machine.set(services + "NetworkManager.service/cgroup.procs", "600");
  machine.set("/proc/600/comm", "NetworkManager");
  machine.set(services + "bpftune.service/cgroup.procs", "700");
  machine.set("/proc/700/comm", "bpftune");
  EXPECT_EQ(neighbours_of(machine),
            "irqbalance (pid 412) tuned (pid 501, profile throughput-performance) "
            "NetworkManager (pid 600) bpftune (pid 700) ");
}

TEST(CollectNeighbours, IgnoresAPidFileWithAnotherProcess) {
  FakeMachine machine;
  machine.set("/run/irqbalance.pid", "412");
  EXPECT_EQ(neighbours_of(machine), "");
  machine.set("/proc/412/comm", "nginx");
  EXPECT_EQ(neighbours_of(machine), "");
  machine.set("/proc/412/comm", "irqbalance");
  EXPECT_EQ(neighbours_of(machine), "irqbalance (pid 412) ");
}

TEST(CollectNeighbours, TunedMayHaveTheNameOfItsInterpreter) {
  FakeMachine machine;
  machine.set("/run/tuned/tuned.pid", "500");
  machine.set("/proc/500/comm", "python3");
  EXPECT_EQ(neighbours_of(machine), "tuned (pid 500) ");
}

TEST(CollectNeighbours, TheGuestAgentIsLookedForOnGooglesMachinesOnly) {
  for (const char* unit : {"google-guest-agent", "google-guest-agent-manager"}) {
    FakeMachine machine;
    machine.set("/sys/fs/cgroup/system.slice/" + std::string(unit) + ".service/cgroup.procs",
                "800");
    machine.set("/proc/800/comm", "google_guest_ag");
    EXPECT_EQ(neighbours_of(machine), "") << "another vendor";
    machine.set("/sys/class/dmi/id/sys_vendor", "Google");
    EXPECT_EQ(neighbours_of(machine),
              "google-guest-agent (pid 800, runs google_set_multiqueue at its start) ")
        << unit;
    machine.set("/proc/800/comm", "google_metadata");
    EXPECT_EQ(neighbours_of(machine), "") << "a helper in the same control group";
  }
}

TEST(CollectNeighbours, TheGuestAgentsFilesDecideWhetherItSetsQueues) {
  const auto sets = [](std::string_view file, std::string_view distro = "") {
    FakeMachine machine;
    machine.set("/etc/default/instance_configs.cfg", file);
    if (!distro.empty()) machine.set("/etc/default/instance_configs.cfg.distro", distro);
    return guest_agent_sets_queues(machine.host().files());
  };
  EXPECT_TRUE(sets("[InstanceSetup]\nset_multiqueue = true\n"));
  EXPECT_FALSE(sets("[InstanceSetup]\nset_multiqueue = false\n"));
  EXPECT_FALSE(sets("[instancesetup]\nSET_MULTIQUEUE=no\n")) << "in any case";
  EXPECT_TRUE(sets("[Daemons]\nset_multiqueue = false\n")) << "another section";
  EXPECT_TRUE(sets("[InstanceSetup]\nset_multiqueue = maybe\n")) << "go-ini takes the default";
  EXPECT_TRUE(
      sets("[InstanceSetup]\nset_multiqueue = false\n", "[InstanceSetup]\nset_multiqueue = true\n"))
      << "the later file";
  EXPECT_TRUE(guest_agent_sets_queues(FakeMachine().host().files())) << "no file";
}

TEST(CollectNeighbours, FindsIrqbalanceByItsSocketFile) {
  FakeMachine machine;
  machine.set("/run/irqbalance/irqbalance412.sock", "");
  machine.set("/proc/412/comm", "irqbalance");
  EXPECT_EQ(neighbours_of(machine), "irqbalance (pid 412) ");
}

TEST(CollectNeighbours, FindsIrqbalanceByItsAbstractSocket) {
  FakeMachine machine;
  machine.set("/proc/net/unix",
              "Num       RefCount Protocol Flags    Type St Inode Path\n"
              "ffff8881: 00000002 00000000 00010000 0001 01 21 /run/irqbalance-ui.sock\n"
              "ffff8882: 00000002 00000000 00010000 0001 01 22 @irqbalancex.sock\n"
              "ffff8883: 00000002 00000000 00010000 0001 01 23 @irqbalance412.sock@@@@@@@@@@@@\n");
  EXPECT_EQ(neighbours_of(machine), "");
  machine.set("/proc/412/comm", "irqbalance");
  EXPECT_EQ(neighbours_of(machine), "irqbalance (pid 412) ");
}

TEST(CollectNeighbours, ReadsAllProcessesOnlyIfASocketNameIsAllNuls) {
  FakeMachine machine;
  machine.set("/proc/412/comm", "irqbalance");
  EXPECT_EQ(neighbours_of(machine), "") << "no such socket";
  machine.set("/proc/net/unix",
              "Num       RefCount Protocol Flags    Type St Inode Path\n"
              "0000: 00000002 00000000 00010000 0001 01  1146 " +
                  std::string(108, '@') + "\n");
  EXPECT_EQ(neighbours_of(machine), "irqbalance (pid 412) ");
}

TEST(CollectNeighbours, MalformedTextDoesNotCrash) {
  FakeMachine machine;
  machine.set("/sys/fs/cgroup/system.slice/irqbalance.service/cgroup.procs", "\nx\n-1\n");
  machine.set("/run/irqbalance.pid", "99999999999999");
  machine.set("/proc/net/unix", "irqbalance");
  EXPECT_EQ(neighbours_of(machine), "");
}

}  // namespace
}  // namespace tuner
