// Which desired settings a failed or missing read of facts puts in doubt.
#include "engine/look.h"

#include "knobs/catalog.h"
#include "support/two_node_facts.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

const Knob& features() {
  return *find_knob("nic_features");
}

Facts facts_with(Fault fault) {
  Facts facts = testing::two_node_facts();
  facts.unread.push_back({.part = FactNeed::NicFeatures,
                          .nic = "",
                          .error = {.fault = fault, .text = "no answer", .hint = {}}});
  return facts;
}

DesiredSetting desired_for(const Facts& facts) {
  return {.subject = {
              .knob = "nic_features", .key = "k", .name = "eth0/x", .device = facts.nics[0].key()}};
}

TEST(InDoubt, AFailedReadPutsEachInDoubt) {
  const Facts facts = facts_with(Fault::Io);
  DesiredSetting desired = desired_for(facts);
  ASSERT_TRUE(incomplete_facts(facts, features(), desired));
  EXPECT_EQ(incomplete_facts(facts, features(), desired)->availability,
            Observation::Availability::Unreadable);
  desired.unsupported = "it cannot";
  EXPECT_TRUE(incomplete_facts(facts, features(), desired));
}

// A recording that has no such file proves no absence; what it has is as good as ever.
TEST(InDoubt, WhatWasNotRecordedPutsAbsenceAloneInDoubt) {
  const Facts facts = facts_with(Fault::NotRecorded);
  const DesiredSetting there = desired_for(facts);
  EXPECT_FALSE(incomplete_facts(facts, features(), there));
  DesiredSetting unsupported = there;
  unsupported.unsupported = "it cannot";
  EXPECT_TRUE(incomplete_facts(facts, features(), unsupported));
  DesiredSetting no_subject = there;
  no_subject.no_subject = "no such NIC";
  EXPECT_TRUE(incomplete_facts(facts, features(), no_subject));
}

}  // namespace
}  // namespace tuner
