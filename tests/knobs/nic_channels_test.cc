#include "knobs/knob_test.h"

#include <cerrno>

namespace tuner::testing {
namespace {

Profile profile(std::vector<NamedSetting> channels, NicSelector select = {.names = {"eth0"}}) {
  Profile made;
  made.nics = {{.select = std::move(select),
                .channels = std::move(channels),
                .origin = {.file = "p.yaml", .line = 4, .column = 5}}};
  return made;
}

Subject combined() {
  const Profile one = profile({{"combined", exactly(std::int64_t{2})}});
  return expand("nic_channels", one, two_node_facts()).desired_settings.at(0).subject;
}

DesiredSetting desired_for(Value goal, const Facts& facts) {
  return expand("nic_channels", profile({{"combined", exactly(std::move(goal))}}), facts)
      .desired_settings.at(0);
}

TEST(NicChannels, SubjectsSurviveRenames) {
  EXPECT_EQ(combined().key, "channels:pci:0000:81:00.0/combined");
  EXPECT_EQ(combined().name, "eth0/combined");
  EXPECT_EQ(combined().device, "pci:0000:81:00.0");
  Facts renamed = two_node_facts();
  renamed.nics[0].name = "enp129s0";
  EXPECT_EQ(find_knob("nic_channels")->locate(combined(), renamed)->place, "enp129s0");
  renamed.nics.change().erase(renamed.nics.begin());
  EXPECT_FALSE(find_knob("nic_channels")->locate(combined(), renamed));
}

TEST(NicChannels, LocalCoresAreTheUsableCoresOfTheNicsNode) {
  Facts facts = two_node_facts();
  const DesiredSetting two = desired_for(word("local-cores"), facts);
  EXPECT_EQ(two.setting.goal.value, Value{std::int64_t{2}});
  EXPECT_EQ(two.because, "2 cores on node 1; driver vmxnet3 supports at most 8 channels");
  facts.topology.isolated = CpuSet::of({3});
  EXPECT_EQ(desired_for(word("local-cores"), facts).setting.goal.value, Value{std::int64_t{1}});
  facts.topology.isolated = CpuSet::of({2, 3});
  EXPECT_EQ(desired_for(word("local-cores"), facts).unsupported,
            "node 1 of eth0 has no usable CPU");
}

TEST(NicChannels, WordsAreClampedToTheDriversMaximum) {
  Facts facts = two_node_facts();
  EXPECT_EQ(desired_for(word("max"), facts).setting.goal.value, Value{std::int64_t{8}});
  EXPECT_EQ(desired_for(word("max"), facts).because, "the maximum of driver vmxnet3");
  facts.nics[0].channels["combined"].maximum = 1;
  EXPECT_EQ(desired_for(word("local-cores"), facts).setting.goal.value, Value{std::int64_t{1}});
  facts.nics[0].channels["combined"].maximum = std::nullopt;
  EXPECT_EQ(desired_for(word("max"), facts).unsupported,
            "driver vmxnet3 does not report its maximum");
}

TEST(NicChannels, NumbersAreNotClampedButRefused) {
  EXPECT_EQ(desired_for(std::int64_t{8}, two_node_facts()).unsupported, "");
  EXPECT_EQ(desired_for(std::int64_t{9}, two_node_facts()).unsupported, "eth0 accepts at most 8");
}

TEST(NicChannels, NodeMinusOneIsResolvedOnAOneNodeMachineOnly) {
  Facts facts = two_node_facts();
  facts.nics[0].numa_node = -1;
  EXPECT_EQ(desired_for(word("local-cores"), facts).unsupported,
            "eth0 reports no NUMA node (numa_node = -1); this machine has 2");
  facts.topology.nodes = {{.id = 0, .cpus = CpuSet::range(0, 3)}};
  EXPECT_EQ(desired_for(word("local-cores"), facts).setting.goal.value, Value{std::int64_t{4}});
}

TEST(NicChannels, ADriverWithoutTheParameterIsNamed) {
  const Profile all = profile({{"rx", exactly(std::int64_t{2})}}, {.any_physical = true});
  const auto desired_settings = expand("nic_channels", all, two_node_facts()).desired_settings;
  EXPECT_EQ(desired_settings[0].unsupported, "driver vmxnet3 has no channels rx, only combined");
  EXPECT_EQ(desired_settings[1].unsupported, "driver e1000e has no channels to set");
}

TEST(NicChannels, ASelectorThatMatchesNoNicIsNoSubject) {
  const Profile none = profile({{"combined", exactly(word("max"))}}, {.drivers = {"mlx5_core"}});
  EXPECT_EQ(
      without_subject(expand("nic_channels", none, two_node_facts()).desired_settings),
      "driver mlx5_core/combined: no NIC here matches driver mlx5_core; this machine has eth0 "
      "(vmxnet3), eth1 (e1000e)\n");
}

TEST(NicChannels, SomeDriversKeepTheLink) {
  Facts facts = two_node_facts();
  const Knob& knob = *find_knob("nic_channels");
  EXPECT_EQ(knob.disruption(facts.nics[0], combined()), Disruption::LinkFlap);
  facts.nics[0].driver = "mlx5_core";
  EXPECT_EQ(knob.disruption(facts.nics[0], combined()), Disruption::ChannelReopen);
}

TEST(NicChannels, AreReadAndWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  EXPECT_EQ(observe(combined(), host).value, Value{std::int64_t{4}});
  ASSERT_TRUE(write(combined(), std::int64_t{2}, host));
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"eth0 channels combined=2"}));
  EXPECT_EQ(observe(combined(), host).value, Value{std::int64_t{2}});
}

TEST(NicChannels, AFailedReadIsNoValue) {
  const FakeMachine machine = two_node_machine();
  machine->nics["eth0"].shapes.erase(NicShape::Channels);
  EXPECT_EQ(observe(combined(), machine.host()).reason, "its driver has no channels to set");
  machine->nics["eth0"].shapes[NicShape::Channels] = {{"rx", {.value = 1}}};
  EXPECT_EQ(observe(combined(), machine.host()).reason,
            "its driver has no channels combined, only rx");
  machine->nics.erase("eth0");
  const Observation gone = observe(combined(), machine.host());
  EXPECT_EQ(gone.availability, Availability::Unsupported);
  EXPECT_EQ(gone.reason, "interface eth0 no longer exists");
}

struct Refused {
  int errno_value;
  const char* kernel_says;
  const char* next_step;
};

TEST(NicChannels, TheKernelsReasonsGetAHint) {
  const Refused cases[] = {
      {EINVAL, "requested channel counts are too low for existing indirection table settings",
       "`ethtool -X eth0 default`"},
      {EINVAL, "requested channel counts are too low for existing ntuple filter settings",
       "`ethtool -n eth0` lists"},
      {EINVAL, "requested channel counts are too low for existing zerocopy AF_XDP sockets",
       "`ss --xdp`"},
      {EINVAL, "requested channel counts are too low for existing memory provider setting (3)",
       "into its own memory"},
      {EOPNOTSUPP, "Changing the number of queues with VFs active is not supported",
       "/sys/class/net/eth0/device/sriov_numvfs"},
      {EBUSY, "SR-IOV is enabled", "/sys/class/net/eth0/device/sriov_numvfs"},
      {EOPNOTSUPP, "", "the driver does not support it"},
      {EPERM, "", "CAP_NET_ADMIN"},
  };
  for (const Refused& one : cases) {
    const FakeMachine machine = two_node_machine();
    machine->nics["eth0"].set_error =
        answer(one.errno_value, std::string("set the channels of eth0 (") + one.kernel_says + ")");
    Host host = machine.host();
    const Outcome refused = write(combined(), std::int64_t{2}, host);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(contains(refused.error().text, "eth0/combined cannot be set to 2"))
        << refused.error().text;
    EXPECT_TRUE(contains(refused.error().text, one.kernel_says)) << refused.error().text;
    EXPECT_TRUE(contains(refused.error().hint, one.next_step)) << refused.error().hint;
  }
}

std::string queues_of(const Nic& nic) {
  std::string text;
  for (const NicIrq& irq : nic.irqs)
    text += std::string(irq_role_name(irq.role)) + std::to_string(irq.queue) + " ";
  return text;
}

TEST(NicChannels, FewerAndMoreQueuesAreForeseen) {
  const Knob& knob = *find_knob("nic_channels");
  Facts facts = two_node_facts();
  knob.predict(facts, {combined(), std::int64_t{2}});
  EXPECT_EQ(queues_of(facts.nics[0]), "rxtx0 rxtx1 other-1 ");
  EXPECT_EQ(facts.nics[0].rx_queues, 2);
  knob.predict(facts, {combined(), std::int64_t{3}});
  EXPECT_EQ(queues_of(facts.nics[0]), "rxtx0 rxtx1 other-1 rxtx2 ");
  EXPECT_EQ(facts.nics[0].irqs.back().number, -1) << "not known yet";
}

TEST(NicChannels, AChangeOfOneDirectionLeavesTheOther) {
  Facts facts = two_node_facts();
  Subject tx = combined();
  tx.key = "channels:pci:0000:01:00.0/tx";
  tx.place = "eth1";
  find_knob("nic_channels")->predict(facts, {tx, std::int64_t{2}});
  EXPECT_EQ(queues_of(facts.nics[1]), "rx0 tx0 other-1 tx1 ");
}

// The interrupts that eth1 is foreseen to have after `count` queues of `kind` are set.
std::string eth1_with(std::string_view kind, std::int64_t count) {
  Facts facts = two_node_facts();
  Subject subject = combined();
  subject.key = "channels:pci:0000:01:00.0/" + std::string(kind);
  subject.place = "eth1";
  find_knob("nic_channels")->predict(facts, {subject, count});
  return queues_of(facts.nics[1]);
}

TEST(NicChannels, CombinedQueuesOfSeparateInterruptsAreForeseenInBothDirections) {
  EXPECT_EQ(eth1_with("combined", 2), "rx0 tx0 other-1 rx1 tx1 ");
  EXPECT_EQ(eth1_with("rx", 2), "rx0 tx0 other-1 rx1 ");
}

TEST(NicChannels, InterruptsOfRemovedQueuesAreForeseenAsGone) {
  EXPECT_EQ(eth1_with("tx", 0), "rx0 other-1 ");
  EXPECT_EQ(eth1_with("rx", 0), "tx0 other-1 ");
  EXPECT_EQ(eth1_with("combined", 0), "other-1 ");
}

}  // namespace
}  // namespace tuner::testing
