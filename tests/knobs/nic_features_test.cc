#include "knobs/feature_reasons.h"
#include "knobs/knob_test.h"

#include <cerrno>

namespace tuner::testing {
namespace {

constexpr const char* kTx = "tls-hw-tx-offload";
constexpr const char* kRx = "tls-hw-rx-offload";

NicEntry entry(NicSelector select, std::vector<NamedSetting> features, int line = 1) {
  return {.select = std::move(select),
          .features = std::move(features),
          .origin = {.file = "p.yaml", .line = line, .column = 5}};
}

Profile profile(std::vector<NicEntry> nics) {
  Profile made;
  made.nics = std::move(nics);
  return made;
}

Subject subject(const std::string& nic, const std::string& feature) {
  const Profile one = profile({entry({.names = {nic}}, {{feature, exactly(true)}})});
  return expand("nic_features", one, two_node_facts()).desired_settings.at(0).subject;
}

TEST(NicFeatures, SubjectsSurviveRenamesAndAreGroupedByNic) {
  const Subject tx = subject("eth0", kTx);
  EXPECT_EQ(tx.key, "feature:pci:0000:81:00.0/tls-hw-tx-offload");
  EXPECT_EQ(tx.name, "eth0/tls-hw-tx-offload");
  EXPECT_EQ(tx.place, "eth0");
  EXPECT_EQ(tx.group, "eth0");
  EXPECT_EQ(tx.device, "pci:0000:81:00.0");
  Facts renamed = two_node_facts();
  renamed.nics[0].name = "enp129s0";
  const auto today = find_knob("nic_features")->locate(tx, renamed);
  ASSERT_TRUE(today);
  EXPECT_EQ(today->name, "enp129s0/tls-hw-tx-offload");
  EXPECT_EQ(today->place, "enp129s0");
  renamed.nics.change().erase(renamed.nics.begin());
  EXPECT_FALSE(find_knob("nic_features")->locate(tx, renamed));
}

TEST(NicFeatures, FeaturesAreGroupedByNicAndFixedOnesAreUnsupported) {
  const Profile both = profile({entry({.any_physical = true}, {{kTx, exactly(true)}}),
                                entry({.any_physical = true}, {{kRx, exactly(false)}})});
  EXPECT_EQ(expand("nic_features", both, two_node_facts()).text(),
            "eth0/tls-hw-tx-offload = on\neth0/tls-hw-rx-offload = off\n"
            "eth1/tls-hw-tx-offload = on (unsupported)\neth1/tls-hw-rx-offload = off\n");
}

TEST(NicFeatures, AFixedFeatureNamesTheDriverAndTheDriversThatHaveIt) {
  const Profile one = profile({entry({.names = {"eth1"}}, {{kTx, exactly(true)}})});
  const DesiredSetting desired =
      expand("nic_features", one, two_node_facts()).desired_settings.at(0);
  EXPECT_EQ(
      desired.unsupported,
      "driver e1000e has no TLS offload for sending; mlx5_core (ConnectX-6 Dx and later), nfp, "
      "cxgb4 (T6) and funeth can");
}

TEST(NicFeatures, TheLastEntryWinsWithANote) {
  const Profile twice = profile({entry({.any_physical = true}, {{kTx, exactly(false, 3)}}),
                                 entry({.names = {"eth0"}}, {{kTx, exactly(true, 9)}}),
                                 entry({.names = {"eth0"}}, {{kTx, exactly(true, 12)}})});
  const Expanded expanded = expand("nic_features", twice, two_node_facts());
  EXPECT_EQ(expanded.text(), "eth0/tls-hw-tx-offload = on\neth1/tls-hw-tx-offload = off\n");
  EXPECT_EQ(expanded.notes, (std::vector<std::string>{
                                "nic_features eth0/tls-hw-tx-offload: on (p.yaml:9:3) instead "
                                "of off (p.yaml:3:3): the last entry counts"}))
      << "no note if the goals are equal";
}

TEST(NicFeatures, ASelectorThatMatchesNoNicIsNoSubject) {
  const Profile none =
      profile({entry({.drivers = {"mlx5_core", "nfp"}}, {{kTx, exactly(true)}}, 7)});
  const Expanded expanded = expand("nic_features", none, two_node_facts());
  ASSERT_EQ(expanded.desired_settings.size(), 1U);
  EXPECT_TRUE(expanded.notes.empty());
  const DesiredSetting& desired = expanded.desired_settings[0];
  EXPECT_EQ(desired.subject.key, "nic_features:none:driver mlx5_core or nfp/tls-hw-tx-offload");
  EXPECT_EQ(desired.no_subject,
            "no NIC here matches driver mlx5_core or nfp; this machine has eth0 (vmxnet3), eth1 "
            "(e1000e)");
  EXPECT_EQ(desired.setting.need, Need::Required);
}

TEST(NicFeatures, AMissingNicWithIfPresentIsANote) {
  Profile none = profile({entry({.drivers = {"mlx5_core"}}, {{kTx, exactly(true)}}, 7)});
  none.nics[0].select.if_present = true;
  const Expanded expanded = expand("nic_features", none, two_node_facts());
  EXPECT_TRUE(expanded.desired_settings.empty());
  EXPECT_EQ(expanded.notes,
            (std::vector<std::string>{"nic_features: no NIC here matches driver mlx5_core "
                                      "(p.yaml:7:5); if_present allows it"}));
}

TEST(NicFeatures, AMachineWithoutAnyNicIsReported) {
  Facts facts = two_node_facts();
  facts.nics.clear();
  const Profile any = profile({entry({.any_physical = true}, {{kTx, exactly(true)}}, 7)});
  EXPECT_EQ(without_subject(expand("nic_features", any, facts).desired_settings),
            "any physical/tls-hw-tx-offload: no NIC here matches any physical; this machine has no "
            "NIC\n");
}

TEST(NicFeatures, ABondSelectsItsMembers) {
  Facts facts = two_node_facts();
  facts.nics.push_back({.name = "bond0", .kind = "bond", .lowers = {"eth0", "eth1"}});
  const Profile bond = profile({entry({.names = {"bond0"}}, {{kRx, exactly(false)}})});
  const Expanded expanded = expand("nic_features", bond, facts);
  EXPECT_EQ(expanded.text(), "eth0/tls-hw-rx-offload = off\neth1/tls-hw-rx-offload = off\n");
  EXPECT_EQ(expanded.desired_settings[0].because, "selected through bond0");
}

TEST(NicFeatures, OnlyReceiveOffloadOfMlx5ReopensChannels) {
  Facts facts = two_node_facts();
  facts.nics[1].driver = "mlx5_core";
  const Profile both =
      profile({entry({.any_physical = true}, {{kTx, exactly(true)}, {kRx, exactly(true)}})});
  std::vector<Disruption> disruptions;
  for (const DesiredSetting& desired : expand("nic_features", both, facts).desired_settings) {
    const Nic& nic = *facts.nic(desired.subject.place);
    disruptions.push_back(find_knob("nic_features")->disruption(nic, desired.subject));
  }
  EXPECT_EQ(disruptions, (std::vector{Disruption::NewConnections, Disruption::NewConnections,
                                      Disruption::NewConnections, Disruption::ChannelReopen}));
}

struct Case {
  const char* what;
  NicFeatures features;
  Availability availability;
  Value value;
  std::optional<Value> in_effect;
  const char* reason;
};

constexpr NicFeature kOn{.supported = true, .requested = true, .active = true};
constexpr NicFeature kOff{.supported = true};
constexpr NicFeature kWaiting{.supported = true, .requested = true};
constexpr NicFeature kForced{.supported = true, .active = true};
constexpr NicFeature kFixedOff{.fixed = true};
constexpr NicFeature kFixedOn{.active = true, .fixed = true};

TEST(NicFeatures, RequestedAndActiveAreDistinguished) {
  const Case cases[] = {
      {"on", {{kTx, kOn}}, Availability::Available, true, {}, ""},
      {"off", {{kTx, kOff}}, Availability::Available, false, {}, ""},
      {"no checksums",
       {{kTx, kWaiting}},
       Availability::Available,
       true,
       false,
       "requested on, but not active: tx checksum offload of eth0 is off"},
      {"dropped",
       {{kTx, kWaiting}, {"tx-checksum-ip-generic", kOn}},
       Availability::Available,
       true,
       false,
       "requested on, but not active: the driver or the kernel dropped"},
      {"forced",
       {{kTx, kForced}},
       Availability::Available,
       false,
       true,
       "the driver keeps it active"},
      {"fixed off",
       {{kTx, kFixedOff}},
       Availability::Available,
       false,
       {},
       "fixed to off by driver vmxnet3"},
      {"fixed on",
       {{kTx, kFixedOn}},
       Availability::Available,
       true,
       {},
       "fixed to on by driver vmxnet3"},
      {"unknown",
       {{"tls-hw-rx-offload", kOn}},
       Availability::Unsupported,
       Absent{},
       {},
       "this kernel has no NIC feature tls-hw-tx-offload"},
  };
  for (const Case& one : cases) {
    const FakeMachine machine = two_node_machine();
    machine->nics["eth0"].features = one.features;
    const Observation seen = observe(subject("eth0", kTx), machine.host());
    EXPECT_EQ(seen.availability, one.availability) << one.what;
    EXPECT_EQ(seen.value, one.value) << one.what;
    EXPECT_EQ(seen.in_effect, one.in_effect) << one.what;
    EXPECT_TRUE(contains(seen.reason, one.reason)) << one.what << ": " << seen.reason;
  }
}

// The first setting that `wanted` gives for eth0 of the two-node machine with these features.
DesiredSetting desired_for_eth0(NicFeatures features, std::vector<NamedSetting> wanted) {
  Facts facts = two_node_facts();
  facts.nics[0].features = std::move(features);
  return expand("nic_features", profile({entry({.names = {"eth0"}}, std::move(wanted))}), facts)
      .desired_settings.at(0);
}

TEST(NicFeatures, WithoutChecksumsTlsOffloadIsBlocked) {
  for (const NicFeature& now : {kOff, kWaiting}) {
    EXPECT_EQ(
        desired_for_eth0({{kRx, now}, {"rx-checksum", kOff}}, {{kRx, exactly(true)}}).blocked,
        "rx checksum offload of eth0 is off, and TLS offload needs it; ethtool -K eth0 rx on");
    EXPECT_EQ(
        desired_for_eth0({{kTx, now}, {"tx-checksum-ipv4", kOn}}, {{kTx, exactly(true)}}).blocked,
        "tx checksum offload of eth0 is off, and TLS offload needs it; ethtool -K eth0 tx on")
        << "IPv4 alone is not enough";
  }
  EXPECT_EQ(desired_for_eth0({{kRx, kOff}, {"rx-checksum", kOff}}, {{kRx, exactly(false)}}).blocked,
            "");
}

TEST(NicFeatures, AProfileThatTurnsChecksumsOnIsNotBlocked) {
  const NicFeatures features{{kRx, kWaiting}, {"rx-checksum", kOff}};
  EXPECT_EQ(
      desired_for_eth0(features, {{kRx, exactly(true)}, {"rx-checksum", exactly(true)}}).blocked,
      "");
  const NicFeatures on{{kRx, kOn}, {"rx-checksum", kOn}};
  EXPECT_EQ(desired_for_eth0(on, {{kRx, exactly(true)}, {"rx-checksum", exactly(true)}}).blocked,
            "");
  const NicFeatures off{{kRx, kOff}, {"rx-checksum", kOn}};
  EXPECT_NE(desired_for_eth0(off, {{kRx, exactly(true)}, {"rx-checksum", exactly(false)}}).blocked,
            "")
      << "the profile contradicts itself";
}

TEST(NicFeatures, ARequestWithoutEffectIsBlocked) {
  const NicFeatures dropped{{kTx, kWaiting}, {"tx-checksum-ip-generic", kOn}, {"rx-lro", kOff}};
  EXPECT_EQ(desired_for_eth0(dropped, {{kTx, exactly(true)}}).blocked,
            "requested on, but not active: the driver or the kernel dropped tls-hw-tx-offload of "
            "eth0; dmesg may show why");
  EXPECT_EQ(desired_for_eth0(dropped, {{kTx, exactly(true)}, {"rx-lro", exactly(true)}}).blocked,
            "")
      << "rx-lro may activate it";
  EXPECT_EQ(
      desired_for_eth0({{"rx-lro", kWaiting}}, {{"rx-lro", exactly(true)}}).blocked,
      "requested on, but not active: the driver or the kernel dropped it; dmesg may show why");
  EXPECT_EQ(desired_for_eth0({{kTx, kForced}}, {{kTx, exactly(false)}}).blocked,
            "requested off, but the driver keeps it active");
  EXPECT_EQ(
      desired_for_eth0({{kTx, kWaiting}, {"tx-checksum-ip-generic", kOn}}, {{kTx, exactly(false)}})
          .blocked,
      "")
      << "the goal is off";
}

TEST(NicFeatures, AFixedFeatureThatMeetsTheGoalIsSupported) {
  EXPECT_EQ(desired_for_eth0({{kTx, kFixedOn}}, {{kTx, exactly(true)}}).unsupported, "");
  EXPECT_EQ(desired_for_eth0({{kTx, kFixedOn}}, {{kTx, exactly(false)}}).unsupported,
            "fixed to on by driver vmxnet3");
  EXPECT_EQ(desired_for_eth0({{"rx-lro", kFixedOff}}, {{"rx-lro", exactly(true)}}).unsupported,
            "fixed to off by driver vmxnet3");
}

Facts under_bond(const std::string& mode, const std::string& policy) {
  Facts facts = two_node_facts();
  facts.nics.push_back({.name = "bond0",
                        .kind = "bond",
                        .lowers = {"eth0", "eth1"},
                        .bond_mode = mode,
                        .bond_hash_policy = policy});
  facts.nics.push_back(
      {.name = "bond0.7", .kind = "vlan", .lowers = {"bond0"}, .carries_default_route = true});
  facts.nics.push_back({.name = "eth0.9", .kind = "vlan", .lowers = {"eth0"}});
  return facts;
}

TEST(NicFeatures, AnUpperDeviceThatPreventsOffloadIsANote) {
  const Profile one = profile({entry({.any_physical = true}, {{kTx, exactly(true)}})});
  EXPECT_EQ(expand("nic_features", one, under_bond("active-backup", "layer2")).notes,
            (std::vector<std::string>{
                "nic_features: bond0 has mode active-backup, and TLS is offloaded only through "
                "802.3ad and balance-xor; mode 802.3ad (the switch must speak LACP) with "
                "xmit_hash_policy layer3+4 allows it",
                "nic_features: bond0.7 is a VLAN on bond0: the kernel offloads only where the "
                "route leads to the NIC itself or to a bond of NICs; for offload, traffic needs an "
                "address on bond0"}))
      << "once each, and not for eth0.9, which does not carry the default route";
  Facts good = under_bond("802.3ad", "layer3+4");
  good.nics.change().pop_back();
  good.nics.change().pop_back();
  EXPECT_TRUE(expand("nic_features", one, good).notes.empty());
}

TEST(NicFeatures, WithoutAnOffloadGoalBondsAreNotReported) {
  const Facts facts = under_bond("active-backup", "layer2");
  for (const auto& [feature, on] : {std::pair{kTx, false}, std::pair{"rx-checksum", true}}) {
    const Profile one = profile({entry({.any_physical = true}, {{feature, exactly(on)}})});
    EXPECT_TRUE(expand("nic_features", one, facts).notes.empty()) << feature;
  }
}

TEST(NicFeatures, AMissingPrivilegeOrNicIsNoValue) {
  const FakeMachine machine = two_node_machine();
  const Subject tx = subject("eth0", kTx);
  machine->nics["eth0"].features_error = answer(EPERM, "features of eth0");
  const Observation forbidden = observe(tx, machine.host());
  EXPECT_EQ(forbidden.availability, Availability::Unreadable);
  EXPECT_EQ(forbidden.hint, "reading it needs CAP_NET_ADMIN");
  machine->nics.erase("eth0");
  const Observation gone = observe(tx, machine.host());
  EXPECT_EQ(gone.availability, Availability::Unsupported);
  EXPECT_EQ(gone.reason, "interface eth0 no longer exists");
}

TEST(NicFeatures, OfWhatIsFixedOrUnknownNothingIsLostInTheDriver) {
  Nic nic{.name = "eth0", .driver = "mlx5_core"};
  nic.features[kTx] = {.supported = true, .requested = true, .active = false, .fixed = true};
  EXPECT_EQ(why_not_in_effect(nic, kTx), "");
  EXPECT_EQ(why_not_in_effect(nic, "no-such-feature"), "");
  nic.features[kTx].fixed = false;
  EXPECT_TRUE(contains(why_not_in_effect(nic, kTx), "requested on, but not active"));
}

TEST(NicFeatures, OneNicIsOneMessage) {
  const FakeMachine machine = two_node_machine();
  const auto before = machine.snapshot();
  Host host = machine.host();
  std::vector<Change> changes{{subject("eth0", kTx), true}, {subject("eth0", kRx), true}};
  const Knob& knob = *find_knob("nic_features");
  for (const Outcome& outcome : knob.write(host, changes)) EXPECT_TRUE(outcome);
  EXPECT_EQ(machine->writes,
            (std::vector<std::string>{"eth0 features tls-hw-tx-offload=on tls-hw-rx-offload=on"}));
  EXPECT_EQ(observe(changes[1].subject, host).value, Value{true});
  for (Change& change : changes) change.value = false;
  for (const Outcome& outcome : knob.write(host, changes)) EXPECT_TRUE(outcome);
  EXPECT_EQ(machine.snapshot(), before);
}

TEST(NicFeatures, AFixedFeatureIsRefusedAndTheOthersAreStillWritten) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  machine->nics["eth0"].features.find(kRx)->second = kFixedOff;
  const std::vector<Change> changes{{subject("eth0", kTx), true}, {subject("eth0", kRx), true}};
  const auto outcomes = find_knob("nic_features")->write(host, changes);
  EXPECT_TRUE(outcomes[0]);
  ASSERT_FALSE(outcomes[1]);
  EXPECT_EQ(outcomes[1].error().fault, Fault::Unsupported);
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"eth0 features tls-hw-tx-offload=on"}));
  EXPECT_FALSE(find_knob("nic_features")->write(host, std::span(changes).subspan(1)).at(0));
  EXPECT_EQ(machine->writes.size(), 1U) << "of nothing there is no message";
}

TEST(NicFeatures, WhereItCannotBeReadWhatIsFixedTheKernelIsAsked) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const Knob& knob = *find_knob("nic_features");
  const std::vector<Change> changes{{subject("eth0", kTx), true}};
  machine->nics["eth0"].features_error = answer(EPERM, "features of eth0");
  EXPECT_TRUE(knob.write(host, changes).at(0));
  machine->nics["eth0"].features_error.reset();
  machine->nics["eth0"].features.erase(kTx);
  machine->nics["eth0"].set_error = answer(EINVAL, "set features of eth0");
  const Outcome unknown = knob.write(host, changes).at(0);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fault, Fault::Invalid) << unknown.error().text;
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"eth0 features tls-hw-tx-offload=on"}));
}

TEST(NicFeatures, ARefusedMessageFailsForEachOfItsChanges) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  machine->nics["eth0"].set_error = answer(EPERM, "set features of eth0");
  const std::vector<Change> changes{{subject("eth0", kTx), true}, {subject("eth0", kRx), true}};
  for (const Outcome& outcome : find_knob("nic_features")->write(host, changes)) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().fault, Fault::NotPermitted);
    EXPECT_TRUE(contains(outcome.error().hint, "CAP_NET_ADMIN")) << outcome.error().hint;
  }
}

}  // namespace
}  // namespace tuner::testing
