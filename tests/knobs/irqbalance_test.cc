#include "knobs/knob_test.h"

namespace tuner::testing {
namespace {

Profile profile(std::string_view how) {
  Profile made;
  made.irqbalance = exactly(word(how));
  return made;
}

Facts facts(bool running) {
  Facts made;
  if (running) made.neighbours = {{.name = "irqbalance", .detail = "pid 412", .pid = 412}};
  return made;
}

TEST(Irqbalance, LeaveAsksForNothing) {
  EXPECT_FALSE(find_knob("irqbalance")->wanted(profile("leave")));
  EXPECT_FALSE(find_knob("irqbalance")->wanted({}));
  EXPECT_TRUE(expand("irqbalance", profile("leave"), facts(true)).wishes.empty());
}

TEST(Irqbalance, RequireOffIsMetWhenItDoesNotRun) {
  const Expanded expanded = expand("irqbalance", profile("require-off"), facts(false));
  EXPECT_EQ(expanded.text(), "irqbalance = off\n");
  const Observation seen = observe(expanded.wishes[0].subject, FakeMachine().host());
  EXPECT_EQ(seen.availability, Availability::Available);
  EXPECT_TRUE(meets(seen.value, expanded.wishes[0].setting.goal));
}

TEST(Irqbalance, ARunningOneBlocksAndIsNeverStopped) {
  const FakeMachine machine = two_node_machine();
  Host host = machine.host();
  const auto wishes = expand("irqbalance", profile("require-off"), facts(true)).wishes;
  const Observation seen = observe(wishes.at(0).subject, host);
  EXPECT_EQ(seen.availability, Availability::Blocked);
  EXPECT_EQ(seen.value, word("running (pid 412)"));
  EXPECT_TRUE(contains(seen.reason, "within 10 s")) << seen.reason;
  EXPECT_TRUE(contains(seen.hint, "systemctl disable --now irqbalance")) << seen.hint;
  EXPECT_EQ(write(wishes[0].subject, word("off"), host).error().fault, Fault::Refused);
  EXPECT_EQ(machine.fuse->count(), 0);
}

}  // namespace
}  // namespace tuner::testing
