#include "knobs/knob_test.h"

namespace tuner::testing {
namespace {

Expanded expanded(std::vector<NamedSetting> coalesce, const Facts& facts = two_node_facts()) {
  Profile made;
  made.nics = {{.select = {.names = {"eth0"}}, .coalesce = std::move(coalesce)}};
  return expand("nic_coalesce", made, facts);
}

TEST(NicCoalesce, AdaptiveIsASwitch) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const Subject adaptive =
      expanded({{"adaptive-rx", exactly(true)}}).desired_settings.at(0).subject;
  EXPECT_EQ(observe(adaptive, host).value, Value{false});
  ASSERT_TRUE(write(adaptive, true, host));
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"eth0 coalesce adaptive-rx=1"}));
  EXPECT_EQ(observe(adaptive, host).value, Value{true});
}

TEST(NicCoalesce, AFixedValueNeedsAdaptiveOff) {
  Facts facts = two_node_facts();
  const auto alone = [&] { return expanded({{"rx-usecs", exactly(std::int64_t{8})}}, facts); };
  EXPECT_EQ(alone().text(), "eth0/rx-usecs = 8\n");
  facts.nics[0].coalesce["adaptive-rx"].value = 1;
  EXPECT_EQ(alone().desired_settings[0].unsupported,
            "adaptive-rx is on, so the driver chooses rx-usecs; a fixed value needs "
            "adaptive-rx: false");
  EXPECT_EQ(
      expanded({{"rx-usecs", exactly(std::int64_t{8})}, {"adaptive-rx", exactly(false)}}, facts)
          .text(),
      "eth0/rx-usecs = 8\neth0/adaptive-rx = off\n");
  EXPECT_EQ(
      expanded({{"adaptive-rx", exactly(true)}, {"rx-usecs", exactly(std::int64_t{8})}}).text(),
      "eth0/adaptive-rx = on\neth0/rx-usecs = 8 (unsupported)\n");
}

TEST(NicCoalesce, OnlyMlx5ReopensChannels) {
  Facts facts = two_node_facts();
  const Subject adaptive =
      expanded({{"adaptive-rx", exactly(true)}}).desired_settings.at(0).subject;
  const Knob& knob = *find_knob("nic_coalesce");
  EXPECT_EQ(knob.disruption(facts.nics[0], adaptive), Disruption::None);
  facts.nics[0].driver = "mlx5_core";
  EXPECT_EQ(knob.disruption(facts.nics[0], adaptive), Disruption::ChannelReopen);
}

TEST(NicCoalesce, AParameterThatTheDriverLacksIsUnsupported) {
  EXPECT_EQ(expanded({{"tx-frames", exactly(std::int64_t{8})}}).desired_settings.at(0).unsupported,
            "driver vmxnet3 has no coalesce tx-frames, only adaptive-rx, rx-usecs, tx-usecs");
}

}  // namespace
}  // namespace tuner::testing
