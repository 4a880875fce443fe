#include "host/access/local_host.h"
#include "host/facts/collect.h"
#include "net/namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;

class CollectNicsLive : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string& reason = testing::enter_namespace(); !reason.empty())
      GTEST_SKIP() << reason;
  }
};

TEST_F(CollectNicsLive, FindsRealInterfaces) {
  const Facts facts = collect_facts(local_host(), FactNeed::Nics | FactNeed::NicFeatures);
  const Nic* nic = facts.nic("tst0");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->kind, "virtual");
  EXPECT_FALSE(nic->physical);
  EXPECT_GT(nic->ifindex, 0);
  EXPECT_EQ(nic->operstate, "up");
  EXPECT_GE(nic->rx_queues, 1);
  EXPECT_GE(nic->tx_queues, 1);
  EXPECT_TRUE(nic->carries_default_route);
  EXPECT_EQ(nic->features_unreadable, "");
  EXPECT_TRUE(nic->features.contains("tls-hw-tx-offload"));
  EXPECT_FALSE(facts.nic("tst1")->carries_default_route);
  EXPECT_EQ(facts.nic("lo"), nullptr);
}

TEST_F(CollectNicsLive, AVlanHasItsParent) {
  if (!testing::run("ip link add link tst1 name tst1.7 type vlan id 7"))
    GTEST_SKIP() << "this kernel has no VLANs";
  const Facts facts = collect_facts(local_host(), FactNeed::Nics);
  const Nic* nic = facts.nic("tst1.7");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->kind, "vlan");
  EXPECT_THAT(nic->lowers, ElementsAre("tst1"));
}

TEST_F(CollectNicsLive, ABondHasItsModeAndPolicy) {
  if (!testing::run("ip link add bond7 type bond mode balance-xor xmit_hash_policy layer3+4"))
    GTEST_SKIP() << "this kernel has no bonds";
  const Facts facts = collect_facts(local_host(), FactNeed::Nics);
  const Nic* nic = facts.nic("bond7");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->kind, "bond");
  EXPECT_EQ(nic->bond_mode, "balance-xor");
  EXPECT_EQ(nic->bond_hash_policy, "layer3+4");
}

}  // namespace
}  // namespace tuner
