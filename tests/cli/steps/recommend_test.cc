#include "cli/steps/recommend.h"

#include "support/two_node_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Recommend, AServerProfileForAHostWithANic) {
  Facts facts;
  facts.nics = {{.name = "eth0", .physical = true}};
  EXPECT_EQ(recommend(facts).profile, "edge-server");
  EXPECT_THAT(recommend(facts).because, ::testing::StartsWith("1 physical NIC;"));
}

TEST(Recommend, CountsOnlyPhysicalNics) {
  Facts facts;
  facts.nics = {
      {.name = "a", .physical = true}, {.name = "bond0"}, {.name = "b", .physical = true}};
  EXPECT_THAT(recommend(facts).because, ::testing::StartsWith("2 physical NICs;"));
}

TEST(Recommend, OnlyTheModuleWithoutANic) {
  Facts facts;
  facts.nics = {{.name = "docker0", .kind = "virtual"}};
  EXPECT_EQ(recommend(facts).profile, "base");
  EXPECT_EQ(recommend(Facts{}).profile, "base");
}

TEST(Recommend, NeverASpecialPurposeProfile) {
  const auto choice = recommend(testing::two_node_facts()).profile;
  EXPECT_NE(choice, "low-latency");
  EXPECT_NE(choice, "bulk-transfer");
}

}  // namespace
}  // namespace tuner
