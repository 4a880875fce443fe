#include "model/owner.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

const Subject kRing{
    .knob = "nic_rings", .name = "eth0/rx", .place = "eth0", .device = "pci:0000:81:00.0"};
const Subject kQueue{.knob = "rps",
                     .name = "eth0/rx-3",
                     .place = "/sys/class/net/eth0/queues/rx-3/rps_cpus",
                     .device = "pci:0000:81:00.0"};
const Subject kSysctl{.knob = "sysctl",
                      .name = "net.ipv4.conf.eth0/100.forwarding",
                      .place = "/proc/sys/net/ipv4/conf/eth0.100/forwarding"};

std::string owner(ExternalSetting external, const Subject& subject) {
  external.who = "tuned";
  external.where = "x:1";
  Facts facts;
  facts.external_settings = {std::move(external)};
  return owner_of(subject, facts, {});
}

TEST(Owner, IsTheOneThatSetsTheSubject) {
  EXPECT_EQ(owner({.knob = "nic_rings", .setting = "rx", .nic = "eth0"}, kRing), "tuned (x:1)");
  EXPECT_EQ(owner({.knob = "nic_rings", .setting = "rx"}, kRing), "tuned (x:1)") << "for every NIC";
  EXPECT_EQ(owner({.knob = "nic_rings", .setting = "*", .nic = "eth0"}, kRing), "tuned (x:1)");
  EXPECT_EQ(owner({.setting = "/sys/class/net/*/queues/rx-*/rps_cpus"}, kQueue), "tuned (x:1)");
}

TEST(Owner, IsNoneThatSetsAnotherSubject) {
  EXPECT_EQ(owner({.knob = "nic_rings", .setting = "tx", .nic = "eth0"}, kRing), "");
  EXPECT_EQ(owner({.knob = "nic_rings", .setting = "rx", .nic = "eth1"}, kRing), "");
  EXPECT_EQ(owner({.knob = "nic_channels", .setting = "rx", .nic = "eth0"}, kRing), "");
  EXPECT_EQ(owner({.knob = "sysctl", .setting = "net.core.rmem_max"}, kSysctl), "");
  EXPECT_EQ(owner({.setting = "/sys/class/net/eth1/*"}, kQueue), "");
}

TEST(Owner, ASysctlIsRecognizedInAnyFamily) {
  const Subject table{.knob = "rps",
                      .name = "net.core.rps_sock_flow_entries",
                      .place = "/proc/sys/net/core/rps_sock_flow_entries"};
  EXPECT_EQ(owner({.knob = "sysctl", .setting = table.name}, table), "tuned (x:1)");
  EXPECT_EQ(owner({.knob = "sysctl", .setting = "*"}, kQueue), "");
}

TEST(Owner, ASlashInTheNameOfASysctlIsNotANic) {
  EXPECT_EQ(owner({.knob = "sysctl", .setting = kSysctl.name}, kSysctl), "tuned (x:1)");
  EXPECT_EQ(owner({.knob = "sysctl", .setting = "100.forwarding"}, kSysctl), "");
}

TEST(Owner, APatternDoesNotMatchItsExceptions) {
  const ExternalSetting all{.knob = "sysctl", .setting = "net.ipv4.conf.*.forwarding"};
  EXPECT_EQ(owner(all, kSysctl), "tuned (x:1)");
  ExternalSetting but = all;
  but.except = {kSysctl.name};
  EXPECT_EQ(owner(but, kSysctl), "");
}

TEST(Owner, SeveralOwnersAreAllNamed) {
  Facts facts;
  facts.external_settings = {
      {.who = "sysctl.d", .where = "/etc/sysctl.d/a.conf:3", .knob = "nic_rings", .setting = "rx"},
      {.who = "tuned", .where = "pid 7", .knob = "nic_rings", .setting = "*"}};
  EXPECT_EQ(owner_of(kRing, facts, {}), "sysctl.d (/etc/sysctl.d/a.conf:3) and tuned (pid 7)");
  EXPECT_EQ(owner_of(kRing, {}, {}), "");
}

TEST(Owner, ABannedIrqbalanceIsNoOwner) {
  const Subject irq{
      .knob = "irq_affinity", .name = "eth0/rxtx-3", .place = "27", .device = "pci:0000:81:00.0"};
  Facts facts;
  facts.external_settings = {
      {.who = "irqbalance", .where = "pid 7", .knob = "irq_affinity", .setting = "*"},
      {.who = "tuned", .where = "x:1", .knob = "irq_affinity", .setting = "*"}};
  Profile profile;
  profile.irqbalance = Setting{.goal = {.op = Goal::Op::Exactly, .value = std::string("leave")}};
  EXPECT_EQ(owner_of(irq, facts, profile), "irqbalance (pid 7) and tuned (x:1)");
  profile.irqbalance->goal.value = std::string("ban");
  EXPECT_EQ(owner_of(irq, facts, profile), "tuned (x:1)");
}

TEST(Explains, OnlyTheObservedValue) {
  const auto explained = [](std::string value, const Value& observed) {
    return explains({.who = "w", .where = "f:1", .setting = "s", .value = std::move(value)},
                    observed);
  };
  EXPECT_TRUE(explained("", Value(std::int64_t{7}))) << "a program that chooses";
  EXPECT_TRUE(explained(" 4096 ", Value(std::int64_t{4096})));
  EXPECT_FALSE(explained("4097", Value(std::int64_t{4096})));
  EXPECT_FALSE(explained("max", Value(std::int64_t{4096}))) << "does not parse: no cause";
  EXPECT_TRUE(explained("on", Value(std::int64_t{1}))) << "adaptive-rx";
  EXPECT_FALSE(explained("off", Value(std::int64_t{1})));
  EXPECT_TRUE(explained("off", Value(false)));
  EXPECT_TRUE(explained("yes", Value(true)));
  EXPECT_FALSE(explained("off", Value(true)));
  EXPECT_FALSE(explained("maybe", Value(false)));
  EXPECT_TRUE(explained("4096\t16384 65536", Value(Integers{4096, 16384, 65536})));
  EXPECT_FALSE(explained("4096 16384", Value(Integers{4096, 16384, 65536})));
  EXPECT_TRUE(explained("performance", Value(std::string("performance"))));
  EXPECT_FALSE(explained("powersave", Value(std::string("performance"))));
  EXPECT_FALSE(explained("spread", Value(CpuSet{}))) << "the name of a policy is not a set of CPUs";
}

}  // namespace
}  // namespace tuner
