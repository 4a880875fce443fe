#include "knobs/knob_test.h"

namespace tuner::testing {
namespace {

Profile profile(std::vector<NamedSetting> rings) {
  Profile made;
  made.nics = {{.select = {.names = {"eth0"}}, .rings = std::move(rings)}};
  return made;
}

TEST(NicRings, BothDirectionsAreOneMessage) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const Profile both = profile({{"rx", exactly(word("max"))}, {"tx", exactly(std::int64_t{512})}});
  std::vector<Change> changes;
  for (const DesiredSetting& desired : expand("nic_rings", both, two_node_facts()).desired_settings)
    changes.push_back({desired.subject, desired.setting.goal.value});
  for (const Outcome& outcome : find_knob("nic_rings")->write(host, changes)) EXPECT_TRUE(outcome);
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"eth0 rings rx=4096 tx=512"}));
  EXPECT_EQ(observe(changes[0].subject, host).value, Value{std::int64_t{4096}});
}

TEST(NicRings, AbsurdSizesAreRefusedBeforeAnythingIsWritten) {
  const Profile one = profile({{"rx", exactly(std::int64_t{8192})}});
  EXPECT_EQ(expand("nic_rings", one, two_node_facts()).desired_settings.at(0).unsupported,
            "eth0 accepts at most 4096");
}

DesiredSetting desired_for(std::string_view driver, std::string_view parameter, Goal goal) {
  Facts facts = two_node_facts();
  facts.nics[0].driver = driver;
  Setting setting = exactly(goal.value);
  setting.goal = std::move(goal);
  return expand("nic_rings", profile({{std::string(parameter), setting}}), facts)
      .desired_settings.at(0);
}

TEST(NicRings, ALimitAboveTheMaximumIsMetWithARemark) {
  const Goal limit{.op = Goal::Op::AtMost, .value = std::int64_t{8192}};
  const DesiredSetting desired = desired_for("vmxnet3", "rx", limit);
  EXPECT_EQ(desired.unsupported, "");
  EXPECT_EQ(desired.because, "eth0 accepts at most 4096, so this limit has no effect");
  EXPECT_EQ(
      desired_for("vmxnet3", "rx", {.op = Goal::Op::AtMost, .value = std::int64_t{4096}}).because,
      "");
  EXPECT_EQ(desired_for("vmxnet3", "rx", {.op = Goal::Op::AtLeast, .value = std::int64_t{8192}})
                .unsupported,
            "eth0 accepts at most 4096");
}

TEST(NicRings, TheDriversMinimumIsCheckedBeforeAnyWrite) {
  const auto exact = [](std::int64_t number) { return Goal{.value = number}; };
  const auto most = [](std::int64_t number) {
    return Goal{.op = Goal::Op::AtMost, .value = number};
  };
  EXPECT_EQ(desired_for("ice", "rx", exact(32)).unsupported, "driver ice accepts no less than 64");
  EXPECT_EQ(desired_for("ice", "rx", exact(64)).unsupported, "");
  EXPECT_EQ(desired_for("ice", "rx", most(32)).unsupported, "driver ice accepts no less than 64");
  EXPECT_EQ(desired_for("mlx5_core", "rx", exact(2)).unsupported, "")
      << "the minimum is for transmit rings only";
  EXPECT_EQ(desired_for("ena", "tx", exact(64)).unsupported, "");
  EXPECT_EQ(desired_for("ena", "tx", exact(64)).because, "driver ena raises it to its minimum 256");
  EXPECT_EQ(desired_for("ena", "tx", most(64)).unsupported, "driver ena accepts no less than 256");
  EXPECT_EQ(
      desired_for("ice", "tx", {.op = Goal::Op::AtLeast, .value = std::int64_t{8}}).unsupported,
      "");
  EXPECT_EQ(desired_for("novel", "rx", exact(1)).unsupported, "");
}

TEST(NicRings, TheMinimumIsAcceptedAndOneLessIsRefused) {
  const struct {
    const char* driver;
    const char* parameter;
    std::int64_t least;
  } cases[] = {{"ice", "rx", 64},       {"ice", "tx", 64},  {"i40e", "rx", 64}, {"i40e", "tx", 64},
               {"mlx5_core", "tx", 64}, {"ena", "rx", 256}, {"ena", "tx", 256}};
  for (const auto& one : cases) {
    const auto fault = [&](std::int64_t number) {
      return desired_for(one.driver, one.parameter, {.op = Goal::Op::AtMost, .value = number})
          .unsupported;
    };
    EXPECT_EQ(fault(one.least), "") << one.driver << " " << one.parameter;
    EXPECT_EQ(fault(one.least - 1), "driver " + std::string(one.driver) + " accepts no less than " +
                                        std::to_string(one.least));
  }
}

TEST(NicRings, ARefusedMessageFailsForEachOfItsChanges) {
  const FakeMachine machine = two_node_machine();
  machine->nics["eth0"].set_error = answer(ENOMEM, "set the rings of eth0");
  Host host = machine.host();
  const Profile both =
      profile({{"rx", exactly(std::int64_t{512})}, {"tx", exactly(std::int64_t{512})}});
  std::vector<Change> changes;
  for (const DesiredSetting& desired : expand("nic_rings", both, two_node_facts()).desired_settings)
    changes.push_back({desired.subject, desired.setting.goal.value});
  const auto outcomes = find_knob("nic_rings")->write(host, changes);
  ASSERT_EQ(outcomes.size(), 2U);
  for (const Outcome& outcome : outcomes) EXPECT_FALSE(outcome);
}

}  // namespace
}  // namespace tuner::testing
