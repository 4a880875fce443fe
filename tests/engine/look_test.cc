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

Wish wish_for(const Facts& facts) {
  return {.subject = {
              .knob = "nic_features", .key = "k", .name = "eth0/x", .device = facts.nics[0].key()}};
}

TEST(InDoubt, AFailedReadPutsEachInDoubt) {
  const Facts facts = facts_with(Fault::Io);
  Wish wish = wish_for(facts);
  ASSERT_TRUE(in_doubt(facts, features(), wish));
  EXPECT_EQ(in_doubt(facts, features(), wish)->availability, Observation::Availability::Unreadable);
  wish.unsupported = "it cannot";
  EXPECT_TRUE(in_doubt(facts, features(), wish));
}

// A recording that has no such file proves no absence; what it has is as good as ever.
TEST(InDoubt, WhatWasNotRecordedPutsAbsenceAloneInDoubt) {
  const Facts facts = facts_with(Fault::NotRecorded);
  const Wish there = wish_for(facts);
  EXPECT_FALSE(in_doubt(facts, features(), there));
  Wish unsupported = there;
  unsupported.unsupported = "it cannot";
  EXPECT_TRUE(in_doubt(facts, features(), unsupported));
  Wish no_subject = there;
  no_subject.no_subject = "no such NIC";
  EXPECT_TRUE(in_doubt(facts, features(), no_subject));
}

}  // namespace
}  // namespace tuner
