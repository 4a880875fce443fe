// For every n: write n fails or ends the process, and then a rollback by another process restores
// the start state. The writes of the journal count too.

#include "engine/rig.h"
#include "support/irqbalance_machine.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::other_profile;
using testing::whole_profile;
using testing::WriteFuse;

// With an irqbalance that must be restarted.
struct Rig : testing::Rig {
  Rig() { testing::add_irqbalance(machine); }
};

int writes_of_one_apply() {
  Rig rig;
  rig.apply(whole_profile());
  return rig.machine.fuse->count();
}

void expect_start_state(Rig& rig, const std::map<std::string, std::string>& start, int n) {
  rig.machine.fuse->disarm();
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value()) << "after write " << n << ": " << report.error().text;
  EXPECT_TRUE(report->complete()) << "after write " << n;
  EXPECT_EQ(rig.machine.snapshot(), start) << "after write " << n;
}

class EveryWrite : public ::testing::TestWithParam<WriteFuse::Kind> {};

TEST_P(EveryWrite, OfAnApplyMayFailAndRollbackRestoresTheStart) {
  const int writes = writes_of_one_apply();
  ASSERT_GT(writes, 20);
  for (int n = 0; n < writes; ++n) {
    Rig rig;
    const auto start = rig.machine.snapshot();
    rig.machine.fuse->start_guard(GetParam(), n);
    rig.apply(whole_profile());
    expect_start_state(rig, start, n);
  }
}

TEST_P(EveryWrite, OfAnApplyMayFailAndTheNextApplySucceeds) {
  const int writes = writes_of_one_apply();
  for (int n = 0; n < writes; ++n) {
    Rig rig;
    const auto start = rig.machine.snapshot();
    rig.machine.fuse->start_guard(GetParam(), n);
    rig.apply(whole_profile());
    rig.machine.fuse->disarm();
    EXPECT_NE(rig.apply(whole_profile()).end, ApplyReport::End::Failed) << "after write " << n;
    EXPECT_TRUE(testing::names_with(rig.plan(whole_profile()), Status::Change).empty())
        << "after write " << n;
    expect_start_state(rig, start, n);
  }
}

// Each returns whether it succeeded.
bool tune(Rig& rig) {
  return rig.apply(whole_profile()).end == ApplyReport::End::Applied;
}
bool tune_otherwise(Rig& rig) {
  return rig.apply(other_profile()).end == ApplyReport::End::Applied;
}
bool reshape(Rig& rig) {
  return rig.apply(testing::shaped_profile(), true, {.max_disruption = Disruption::LinkFlap}).end ==
         ApplyReport::End::Applied;
}
bool roll_back(Rig& rig) {
  return rig.rollback().has_value();
}

// Lets each write of `act` fail in turn; `first` runs before it without a fault.
void expect_start_state_after_each(WriteFuse::Kind kind, bool (*first)(Rig&), bool (*act)(Rig&)) {
  int writes = 0;
  {
    Rig rig;
    ASSERT_TRUE(first(rig));
    rig.machine.fuse->disarm();
    ASSERT_TRUE(act(rig));
    writes = rig.machine.fuse->count();
  }
  for (int n = 0; n < writes; ++n) {
    Rig rig;
    const auto start = rig.machine.snapshot();
    first(rig);
    rig.machine.fuse->start_guard(kind, n);
    act(rig);
    expect_start_state(rig, start, n);
  }
}

TEST_P(EveryWrite, OfAProfileChangeMayFailAndRollbackRestoresTheFirstOriginals) {
  expect_start_state_after_each(GetParam(), tune, tune_otherwise);
}

TEST_P(EveryWrite, OfARollbackMayFailAndTheNextRollbackFinishes) {
  expect_start_state_after_each(GetParam(), tune, roll_back);
}

// The channels of the second apply reset the affinities that the first one wrote.
TEST_P(EveryWrite, OfAReshapeMayFailAndRollbackRestoresTheStart) {
  expect_start_state_after_each(GetParam(), tune, reshape);
}

TEST_P(EveryWrite, OfAReshapesRollbackMayFailAndTheNextRollbackFinishes) {
  expect_start_state_after_each(GetParam(), reshape, roll_back);
}

INSTANTIATE_TEST_SUITE_P(Faults, EveryWrite,
                         ::testing::Values(WriteFuse::Kind::ErrorOnce,
                                           WriteFuse::Kind::EndOfProcess),
                         [](const auto& test) {
                           return test.param == WriteFuse::Kind::ErrorOnce ? "Error"
                                                                           : "EndOfProcess";
                         });

}  // namespace
}  // namespace tuner
