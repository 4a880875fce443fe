#include "host/owners/owners_test.h"
#include "host/owners/udev_rule.h"

namespace tuner::testing {
namespace {

constexpr const char* kRules = "/etc/udev/rules.d/60-nic.rules";

std::string external_settings(const FakeMachine& machine) {
  return external_of(machine, "systemd-udevd");
}

// udev has handled both NICs.
FakeMachine with_rules(std::string_view text, const char* path = kRules) {
  FakeMachine machine = two_node_machine();
  machine.set("/run/udev/data/n2", "I:123");
  machine.set("/run/udev/data/n3", "I:124");
  machine.set(path, text);
  return machine;
}

TEST(UdevRules, SettingsOfEthtoolCallsAreOwned) {
  const FakeMachine machine = with_rules(
      "# a comment with ethtool\n"
      "ACTION==\"add\", SUBSYSTEM==\"net\", KERNEL==\"eth0\", RUN+=\"/sbin/ethtool -G $name rx "
      "1024 tx 512\"\n"
      "SUBSYSTEM==\"net\", KERNEL==\"eth1\", RUN{program}+=\"/bin/sh -c 'sleep 1; "
      "/usr/sbin/ethtool "
      "--coalesce %k adaptive-rx off && ethtool -L %k combined 4'\"\n");
  EXPECT_EQ(external_settings(machine),
            "eth0: nic_rings rx = 1024 (/etc/udev/rules.d/60-nic.rules:2)\n"
            "eth0: nic_rings tx = 512 (/etc/udev/rules.d/60-nic.rules:2)\n"
            "eth1: nic_coalesce adaptive-rx = off (/etc/udev/rules.d/60-nic.rules:3)\n"
            "eth1: nic_channels combined = 4 (/etc/udev/rules.d/60-nic.rules:3)\n");
}

TEST(UdevRules, AnAliasStandsForTheKernelsFeatures) {
  const FakeMachine machine = with_rules(
      "SUBSYSTEM==\"net\", DRIVERS==\"e1000e\", RUN+=\"/sbin/ethtool -K $env{INTERFACE} gro "
      "off\"\n");
  EXPECT_EQ(external_settings(machine),
            "eth1: nic_features rx-gro = off (/etc/udev/rules.d/60-nic.rules:1)\n");
}

TEST(UdevRules, NoneCountsWithoutUdev) {
  FakeMachine machine = with_rules("SUBSYSTEM==\"net\", RUN+=\"/sbin/ethtool -G $name rx 1024\"\n");
  machine.remove("/run/udev/data/n2");
  EXPECT_EQ(external_settings(machine),
            "eth1: nic_rings rx = 1024 (/etc/udev/rules.d/60-nic.rules:1)\n");
  machine.remove("/run/udev/data/n3");
  EXPECT_EQ(external_settings(machine), "");
}

TEST(UdevRules, AFileHidesThoseOfItsNameInLaterFolders) {
  FakeMachine machine = with_rules("SUBSYSTEM==\"net\", RUN+=\"ethtool -G $name rx 1024\"\n",
                                   "/usr/lib/udev/rules.d/60-nic.rules");
  EXPECT_NE(external_settings(machine), "");
  machine.set(kRules, "# off\n");
  EXPECT_EQ(external_settings(machine), "");
}

// "add" for eth0 with driver ice at 0000:01:00.0.
std::string commands(std::string_view text, std::string_view event = "add") {
  Nic nic;
  nic.name = "eth0";
  nic.driver = "ice";
  nic.pci_ids = "8086:1592";
  nic.permanent_address = "52:54:00:00:00:02";
  std::string all;
  for (const UdevCommand& command : udev_commands(read_udev_rules(text), nic, event))
    all += fmt::format("{}:{} ", command.number, command.text);
  return all;
}

TEST(UdevRules, ConditionsAreEvaluated) {
  EXPECT_EQ(commands(R"(KERNEL=="en*|eth*", RUN+="a")"), "1:a ");
  EXPECT_EQ(commands(R"(KERNEL=="en*", RUN+="a")"), "");
  EXPECT_EQ(commands(R"(KERNEL!="eth1", RUN+="a")"), "1:a ");
  EXPECT_EQ(commands(R"(ACTION=="add|change", RUN+="a")"), "1:a ");
  EXPECT_EQ(commands(R"(ACTION=="remove", RUN+="a")"), "");
  EXPECT_EQ(commands(R"(ACTION=="move", RUN+="a")", "move"), "1:a ");
  EXPECT_EQ(commands(R"(SUBSYSTEM=="block", RUN+="a")"), "");
  EXPECT_EQ(commands(R"(ATTR{address}=="52:54:00:00:00:0?", RUN+="a")"), "1:a ");
  EXPECT_EQ(commands(R"(ATTRS{vendor}=="0x8086", ATTRS{device}=="0x1592", RUN+="a")"), "1:a ");
  EXPECT_EQ(commands(R"(ATTR{device/vendor}=="0x15b3", RUN+="a")"), "");
  EXPECT_EQ(commands(R"(ENV{ID_NET_DRIVER}=="ice", PROGRAM="a", IMPORT{program}="b")"), "1:a 1:b ");
  EXPECT_EQ(commands(R"(RUN{builtin}+="kmod load ice")"), "") << "no program";
}

TEST(UdevRules, AConditionThatOnlyUdevKnowsLeavesTheRuleOut) {
  EXPECT_EQ(commands(R"(ENV{MINE}=="1", RUN+="a")"), "");
  EXPECT_EQ(commands(R"(TEST=="/etc/x", RUN+="a")"), "");
  EXPECT_EQ(commands("ENV{MINE}==\"1\", GOTO=\"end\"\nRUN+=\"a\"\nLABEL=\"end\"\nRUN+=\"b\"\n"),
            "4:b ");
}

TEST(UdevRules, JumpsAreFollowed) {
  constexpr std::string_view kText =
      "SUBSYSTEM!=\"net\", GOTO=\"end\"\nKERNEL==\"eth0\", GOTO=\"mine\"\nRUN+=\"a\"\n"
      "LABEL=\"mine\"\nRUN+=\"b\"\nLABEL=\"end\"\n";
  EXPECT_EQ(commands(kText), "5:b ");
  EXPECT_EQ(commands("LABEL=\"back\"\nGOTO=\"back\"\nRUN+=\"a\"\n"), "3:a ") << "never back";
  EXPECT_EQ(commands("GOTO=\"\"\nRUN+=\"a\"\n"), "2:a ");
}

TEST(UdevRules, LinesAreReadAsUdevDoes) {
  EXPECT_EQ(commands("KERNEL==\"eth0\", \\\n  RUN+=\"a\"\nRUN+=\"b\"\n"), "1:a 3:b ");
  EXPECT_EQ(commands("RUN+=\"say \\\"x\\\"\"\n"), "1:say \"x\" ");
  for (const char* broken :
       {"RUN+=\"a", "RUN+=a", "RUN\"a\"", "RUN{x+=\"a\"", "=\"a\"", "RUN", "{", "RUN~=\"a\"", "\\"})
    EXPECT_EQ(commands(broken), "") << broken;
}

std::string settings(std::string_view command) {
  std::string all;
  for (const EthtoolSetting& one : ethtool_settings(command, "eth0"))
    all += fmt::format("{} {}={} ", one.knob, one.name, one.value);
  return all;
}

TEST(UdevRules, OnlyCallsThatSetSomethingOnThisNicCount) {
  EXPECT_EQ(settings("ethtool -G eth0 rx 4096"), "nic_rings rx=4096 ");
  EXPECT_EQ(settings("ethtool --features eth0 tso off gso"), "nic_features tso=off ");
  EXPECT_EQ(settings("ethtool -G eth1 rx 4096"), "") << "another NIC";
  EXPECT_EQ(settings("ethtool -g eth0"), "") << "only reads";
  EXPECT_EQ(settings("ethtool -s eth0 wol g"), "") << "no setting of this tool";
  EXPECT_EQ(settings("myethtool -G eth0 rx 4096"), "");
  EXPECT_EQ(settings("ethtool"), "");
  EXPECT_EQ(settings("ethtool -G"), "");
  EXPECT_EQ(settings("ethtool -G eth0"), "");
}

}  // namespace
}  // namespace tuner::testing
