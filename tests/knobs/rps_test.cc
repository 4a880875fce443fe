#include "knobs/knob_test.h"

#include <algorithm>
#include <cerrno>

namespace tuner::testing {
namespace {

constexpr const char* kTable = "/proc/sys/net/core/rps_sock_flow_entries";
// The only receive queue of eth1, whose node has two cores.
constexpr const char* kQueue =
    "/sys/devices/pci0000:00/0000:00:02.0/0000:01:00.0/net/eth1/queues/rx-0";

Profile profile(std::string_view how) {
  Profile made;
  made.nics = {{.select = {.any_physical = true}, .rps = exactly(word(how))}};
  return made;
}

std::vector<DesiredSetting> with_flows() {
  return expand("rps", profile("few-queues-with-flows"), two_node_facts()).desired_settings;
}

TEST(Rps, IsOnWhereQueuesAreFewAndOffElsewhere) {
  const Expanded expanded = expand("rps", profile("few-queues"), two_node_facts());
  EXPECT_EQ(expanded.text(),
            "eth0/rx-0 = (no CPU)\neth0/rx-1 = (no CPU)\neth0/rx-2 = (no CPU)\n"
            "eth0/rx-3 = (no CPU)\neth1/rx-0 = 0-1\n");
  EXPECT_EQ(
      expanded.desired_settings[0].because,
      "4 receive queues for 2 cores of node 1: the NIC spreads packets itself, RPS stays off");
  EXPECT_EQ(expanded.desired_settings[4].because,
            "1 receive queue for 2 cores of node 0: spread over them in software");
  EXPECT_TRUE(expanded.notes.empty());
}

TEST(Rps, FewQueuesWithFlowsSetsRfs) {
  const Expanded expanded = expand("rps", profile("few-queues-with-flows"), two_node_facts());
  ASSERT_EQ(expanded.desired_settings.size(), 7U);
  EXPECT_TRUE(contains(expanded.text(),
                       "eth1/rx-0 = 0-1\neth1/rx-0/flows = >= 32768\n"
                       "net.core.rps_sock_flow_entries = >= 32768\n"))
      << expanded.text();
  EXPECT_EQ(expanded.desired_settings[5].because, "an even share of 32768 flows, 1 queue");
}

TEST(Rps, EachQueueGetsAnEvenShareOfTheFlows) {
  Facts facts = two_node_facts();
  facts.nics[1].rx_queues = 3;
  facts.topology.nodes[0].cpus = facts.topology.online;
  facts.topology.nodes[1].cpus = {};
  const auto desired_settings =
      expand("rps", profile("few-queues-with-flows"), facts).desired_settings;
  EXPECT_EQ(desired_settings[7].subject.name, "eth1/rx-0/flows");
  EXPECT_EQ(to_text(desired_settings[7].setting.goal), ">= 16384")
      << "10922, rounded up as the kernel does";
}

TEST(Rps, TheProfilesOwnTableSizeCounts) {
  Profile own = profile("few-queues-with-flows");
  own.sysctl = {{"net.core.rps_sock_flow_entries", exactly(std::int64_t{4096})}};
  const auto desired_settings = expand("rps", own, two_node_facts()).desired_settings;
  ASSERT_EQ(desired_settings.size(), 6U) << "the profile sets the sysctl itself";
  EXPECT_EQ(to_text(desired_settings[5].setting.goal), ">= 4096");
  own.sysctl[0].setting = exactly(std::int64_t{0});
  EXPECT_EQ(expand("rps", own, two_node_facts()).desired_settings[5].unsupported,
            "this profile sets net.core.rps_sock_flow_entries to 0, and RFS does not work "
            "without this table");
}

TEST(Rps, WithoutALocalNodeNothingIsSpread) {
  Facts facts = two_node_facts();
  facts.nics[1].numa_node = -1;
  const auto desired_settings =
      expand("rps", profile("few-queues-with-flows"), facts).desired_settings;
  ASSERT_EQ(desired_settings.size(), 5U) << "no RFS for eth1";
  EXPECT_TRUE(contains(desired_settings[4].unsupported, "eth1 reports no NUMA node"));
}

TEST(Rps, TheLastEntryCountsAndASelectorThatMatchesNoNicIsNoSubject) {
  Profile two = profile("few-queues");
  two.nics.push_back(
      {.select = {.names = {"eth1"}}, .rps = exactly(word("few-queues-with-flows"), 9)});
  two.nics.push_back({.select = {.drivers = {"ice"}}, .rps = exactly(word("few-queues"))});
  const Expanded expanded = expand("rps", two, two_node_facts());
  EXPECT_EQ(expanded.desired_settings.size(), 8U);
  EXPECT_EQ(without_subject(expanded.desired_settings),
            "driver ice: no NIC here matches driver ice; this machine has eth0 (vmxnet3), eth1 "
            "(e1000e)\n");
  EXPECT_EQ(expanded.notes,
            (std::vector<std::string>{
                "rps eth1: few-queues-with-flows (p.yaml:9:3) instead of few-queues (p.yaml:1:3): "
                "the last entry counts"}));
}

TEST(Rps, ANicWithoutReceiveQueuesHasNothingToSet) {
  Facts facts = two_node_facts();
  facts.nics[1].rx_queues = 0;
  const auto desired = expand("rps", profile("few-queues-with-flows"), facts).desired_settings;
  EXPECT_EQ(without_subject(desired), "eth1: the NIC has no receive queue\n");
  const auto none = std::ranges::find_if(
      desired, [](const DesiredSetting& one) { return !one.no_subject.empty(); });
  EXPECT_EQ(none->subject.key, "rps:none:" + facts.nics[1].key()) << "it survives a rename";
}

TEST(Rps, SubjectsSurviveRenamesAndEndWithTheirQueue) {
  const auto desired_settings = with_flows();
  EXPECT_EQ(desired_settings[4].subject.key, "rps:pci:0000:01:00.0/rx-0");
  EXPECT_EQ(desired_settings[5].subject.key, "rps:pci:0000:01:00.0/rx-0/flows");
  EXPECT_EQ(desired_settings[6].subject.key, "rps:sock_flow_entries");
  EXPECT_EQ(desired_settings[5].subject.device, "pci:0000:01:00.0");
  EXPECT_EQ(desired_settings[6].subject.device, "");
  Facts changed = two_node_facts();
  changed.nics[1].name = "lan";
  const Knob& rps = *find_knob("rps");
  EXPECT_EQ(rps.locate(desired_settings[4].subject, changed)->place,
            "/sys/class/net/lan/queues/rx-0/rps_cpus");
  EXPECT_EQ(rps.locate(desired_settings[5].subject, changed)->place,
            "/sys/class/net/lan/queues/rx-0/rps_flow_cnt");
  EXPECT_EQ(rps.locate(desired_settings[6].subject, changed)->place, kTable);
  changed.nics.change().pop_back();
  EXPECT_FALSE(rps.locate(desired_settings[4].subject, changed));
  EXPECT_FALSE(rps.locate(desired_settings[5].subject, changed));
}

TEST(Rps, ReadsAndWritesAsTheKernelDoes) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const auto desired_settings = with_flows();
  EXPECT_EQ(observe(desired_settings[4].subject, host).value, Value{CpuSet{}});
  EXPECT_EQ(observe(desired_settings[5].subject, host).value, Value{std::int64_t{0}});
  EXPECT_EQ(observe(desired_settings[6].subject, host).value, Value{std::int64_t{0}});
  ASSERT_TRUE(write(desired_settings[4].subject, CpuSet::range(0, 1), host));
  ASSERT_TRUE(write(desired_settings[5].subject, std::int64_t{3000}, host));
  ASSERT_TRUE(write(desired_settings[6].subject, std::int64_t{32768}, host));
  EXPECT_EQ(machine->writes,
            (std::vector<std::string>{"/sys/class/net/eth1/queues/rx-0/rps_cpus = 3",
                                      "/sys/class/net/eth1/queues/rx-0/rps_flow_cnt = 3000",
                                      std::string(kTable) + " = 32768"}));
  EXPECT_EQ(observe(desired_settings[4].subject, host).value, (Value{CpuSet::range(0, 1)}));
  EXPECT_EQ(observe(desired_settings[5].subject, host).value, Value{std::int64_t{4096}});
  ASSERT_TRUE(write(desired_settings[4].subject, CpuSet{}, host)) << "off again";
  EXPECT_EQ(machine.text(std::string(kQueue) + "/rps_cpus"), "0");
}

TEST(Rps, AbsentFilesAreExplained) {
  const auto desired_settings = with_flows();
  FakeMachine machine = two_node_machine();
  machine.remove(kTable);
  EXPECT_EQ(observe(desired_settings[6].subject, machine.host()).availability,
            Availability::Unsupported);
  EXPECT_EQ(observe(desired_settings[6].subject, machine.host()).reason,
            "net.core.rps_sock_flow_entries does not exist here: only the initial network "
            "namespace has it, on kernels built with CONFIG_RPS");
  machine.set(std::string(kQueue) + "/rps_flow_cnt", "many");
  EXPECT_EQ(observe(desired_settings[5].subject, machine.host()).reason,
            "/sys/class/net/eth1/queues/rx-0/rps_flow_cnt: 'many' is not a number");
  machine.remove(kQueue);
  EXPECT_TRUE(
      contains(observe(desired_settings[4].subject, machine.host()).reason, "eth1/rx-0 is gone"));
}

TEST(Rps, KernelErrorsAreExplained) {
  FakeMachine machine = two_node_machine();
  machine.set("/sys/devices/system/cpu/isolated", "0-1");
  Host host = machine.host();
  const auto desired_settings = with_flows();
  const auto isolated = write(desired_settings[4].subject, CpuSet::range(0, 1), host);
  ASSERT_FALSE(isolated);
  EXPECT_EQ(isolated.error().fault, Fault::Invalid);
  EXPECT_EQ(isolated.error().hint, "are all these CPUs isolated or nohz_full?");
  const auto huge = write(desired_settings[6].subject, std::int64_t{1} << 40, host);
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().hint, "the table would be too large; the kernel rounds to powers of two");
  machine->read_only.insert(std::string(kQueue) + "/rps_cpus");
  const auto denied = write(desired_settings[4].subject, CpuSet::of({0}), host);
  ASSERT_FALSE(denied);
  EXPECT_TRUE(contains(denied.error().hint, "CAP_NET_ADMIN")) << denied.error().hint;
}

TEST(Rps, ListsEveryQueueThatAChangeOfChannelsResets) {
  const auto subjects = find_knob("rps")->subjects_on_nic(two_node_facts().nics[1]);
  ASSERT_EQ(subjects.size(), 2U);
  EXPECT_EQ(subjects[0], with_flows()[4].subject);
  EXPECT_EQ(subjects[1], with_flows()[5].subject);
}

TEST(Rps, AValueOfTheWrongTypeIsNotWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const auto desired_settings = with_flows();
  EXPECT_EQ(write(desired_settings[4].subject, std::int64_t{1}, host).error().text,
            "eth1/rx-0: 1 is not a set of CPUs");
  EXPECT_EQ(write(desired_settings[5].subject, CpuSet::of({1}), host).error().text,
            "eth1/rx-0/flows: 1 is not a number");
  EXPECT_EQ(machine.fuse->count(), 0);
}

}  // namespace
}  // namespace tuner::testing
