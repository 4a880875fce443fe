#include "knobs/select_nics.h"

#include "support/two_node_facts.h"

#include <gtest/gtest.h>

namespace tuner::testing {
namespace {

// eth0 and eth1 under bond0, bond0 under the VLAN that carries the default route.
Facts stacked() {
  Facts facts = two_node_facts();
  facts.nics[0].carries_default_route = false;
  facts.nics.push_back({.name = "bond0", .kind = "bond", .lowers = {"eth0", "eth1"}});
  facts.nics.push_back(
      {.name = "bond0.7", .kind = "vlan", .lowers = {"bond0"}, .carries_default_route = true});
  facts.nics.push_back({.name = "veth0", .kind = "virtual"});
  return facts;
}

std::string names(const NicSelector& selector, const Facts& facts) {
  std::string all;
  for (const SelectedNic& one : select_nics(selector, facts))
    all += one.nic->name + (one.via.empty() ? " " : " via " + one.via + " ");
  return all;
}

TEST(SelectNics, KeysAreAndedAndListsAreOred) {
  const Facts facts = two_node_facts();
  EXPECT_EQ(names({.any_physical = true}, facts), "eth0 eth1 ");
  EXPECT_EQ(names({.names = {"eth1", "eth0"}}, facts), "eth0 eth1 ") << "in the order of facts";
  EXPECT_EQ(names({.drivers = {"e1000e", "igb"}}, facts), "eth1 ");
  EXPECT_EQ(names({.numa_nodes = {1}}, facts), "eth0 ");
  EXPECT_EQ(names({.carries_default_route = true}, facts), "eth0 ");
  EXPECT_EQ(names({.names = {"eth*"}, .drivers = {"e1000e"}}, facts), "eth1 ");
  EXPECT_EQ(names({.names = {"eth0"}, .drivers = {"e1000e"}}, facts), "");
}

TEST(SelectNics, AnEmptySelectorSelectsNothing) {
  EXPECT_EQ(names({}, two_node_facts()), "");
}

TEST(SelectNics, BondsAndVlansSelectTheirLowerDevices) {
  const Facts facts = stacked();
  EXPECT_EQ(names({.names = {"bond0"}}, facts), "eth0 via bond0 eth1 via bond0 ");
  EXPECT_EQ(names({.names = {"bond0.7"}}, facts), "eth0 via bond0.7 eth1 via bond0.7 ");
  EXPECT_EQ(names({.names = {"bond0"}, .drivers = {"e1000e"}}, facts), "eth1 via bond0 ");
  EXPECT_EQ(names({.any_physical = true, .carries_default_route = true}, facts),
            "eth0 via bond0.7 eth1 via bond0.7 ");
  EXPECT_EQ(names({.any_physical = true}, facts), "eth0 eth1 ");
  EXPECT_EQ(names({.names = {"*"}}, facts), "eth0 eth1 veth0 ");
}

TEST(SelectNics, ACircularStackEnds) {
  Facts facts = stacked();
  facts.nics[2].lowers.push_back("bond0.7");
  EXPECT_EQ(names({.names = {"bond0"}}, facts), "eth0 via bond0 eth1 via bond0 ");
}

TEST(SelectNics, ASelectorPrintsAsItWasWritten) {
  EXPECT_EQ(to_text(NicSelector{.any_physical = true,
                                .names = {"eth*", "ens*"},
                                .drivers = {"nfp"},
                                .numa_nodes = {0, 1},
                                .carries_default_route = true}),
            "any physical, name eth* or ens*, driver nfp, numa_node 0 or 1, carries default-route");
}

}  // namespace
}  // namespace tuner::testing
