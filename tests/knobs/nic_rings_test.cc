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
  for (const Wish& wish : expand("nic_rings", both, two_node_facts()).wishes)
    changes.push_back({wish.subject, wish.setting.goal.value});
  for (const Outcome& outcome : find_knob("nic_rings")->write(host, changes)) EXPECT_TRUE(outcome);
  EXPECT_EQ(machine->writes, (std::vector<std::string>{"eth0 rings rx=4096 tx=512"}));
  EXPECT_EQ(observe(changes[0].subject, host).value, Value{std::int64_t{4096}});
}

TEST(NicRings, AbsurdSizesAreRefusedBeforeAnythingIsWritten) {
  const Profile one = profile({{"rx", exactly(std::int64_t{8192})}});
  EXPECT_EQ(expand("nic_rings", one, two_node_facts()).wishes.at(0).unsupported,
            "eth0 takes at most 4096 here");
}

TEST(NicRings, ARefusedMessageFailsForEachOfItsChanges) {
  const FakeMachine machine = two_node_machine();
  machine->nics["eth0"].set_error = answer(ENOMEM, "set the rings of eth0");
  Host host = machine.host();
  const Profile both =
      profile({{"rx", exactly(std::int64_t{512})}, {"tx", exactly(std::int64_t{512})}});
  std::vector<Change> changes;
  for (const Wish& wish : expand("nic_rings", both, two_node_facts()).wishes)
    changes.push_back({wish.subject, wish.setting.goal.value});
  const auto outcomes = find_knob("nic_rings")->write(host, changes);
  ASSERT_EQ(outcomes.size(), 2U);
  for (const Outcome& outcome : outcomes) EXPECT_FALSE(outcome);
}

}  // namespace
}  // namespace tuner::testing
