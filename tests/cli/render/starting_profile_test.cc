#include "cli/render/starting_profile.h"

#include "profile/layer.h"
#include "support/hostile_names.h"
#include "support/two_node_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

StartingProfile start() {
  return {
      .name = "mine",
      .extends = "edge-server",
      .because = "two NICs",
      .sysctls = {{"net.core.somaxconn", "4096"}, {"net.ipv4.tcp_wmem", "4096\t16384\t4194304"}}};
}

// Without the '#' of every setting.
std::string uncommented(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    std::string line(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t hash = line.find_first_not_of(' ');
    const bool setting = hash != std::string::npos && line[hash] == '#' &&
                         !(line.substr(hash + 1, 1) == " " && line.substr(hash + 2, 1) != " ");
    if (setting) line.erase(hash, 1);
    all += line + "\n";
  }
  return all;
}

TEST(StartingProfile, IsValidAsItIsAndWithEverySetting) {
  const std::string text = starting_profile_text(start(), testing::two_node_facts());
  EXPECT_THAT(text, AllOf(HasSubstr("extends: [edge-server]"), HasSubstr("two NICs"),
                          HasSubstr("#  net.ipv4.tcp_wmem: { at_least: [4096, 16384, 4194304] }")));
  const ReadLayer plain = read_layer("mine.yaml", text);
  EXPECT_FALSE(has_errors(plain.diagnostics)) << text;
  EXPECT_TRUE(plain.layer.sysctl.empty());
  const ReadLayer all = read_layer("mine.yaml", uncommented(text));
  EXPECT_FALSE(has_errors(all.diagnostics)) << to_text(all.diagnostics.front()) << text;
  EXPECT_EQ(all.layer.sysctl.size(), 2U);
  EXPECT_EQ(all.layer.cpus.size(), 1U);
  EXPECT_TRUE(all.layer.irqbalance);
  ASSERT_FALSE(all.layer.nics.empty());
  EXPECT_TRUE(all.layer.nics.front().irq_placement);
}

TEST(StartingProfile, ParametersOfANicStandBesideTheirMaxima) {
  Facts facts;
  Nic nic;
  nic.name = "eth0";
  nic.physical = true;
  nic.channels = {{"combined", {.value = 8, .maximum = 63}}, {"rx", {.value = 0, .maximum = 0}}};
  nic.rings = {{"rx", {.value = 1024, .maximum = 8192}}, {"tx", {.value = 512, .maximum = {}}}};
  facts.nics.push_back(nic);
  const std::string text = starting_profile_text(start(), facts);
  EXPECT_THAT(text,
              HasSubstr("    #channels: { combined: local-cores }   # now combined 8 of 63\n"));
  EXPECT_THAT(text,
              HasSubstr("    #rings: { rx: max, tx: max }   # now rx 1024 of 8192, tx 512\n"));
  EXPECT_FALSE(has_errors(read_layer("mine.yaml", uncommented(text)).diagnostics)) << text;
}

TEST(StartingProfile, AMachineWithoutFactsIsSaid) {
  const std::string text = starting_profile_text(start(), Facts{});
  EXPECT_THAT(text, HasSubstr("# This machine has no physical NIC."));
  EXPECT_FALSE(has_errors(read_layer("mine.yaml", text).diagnostics)) << text;
}

TEST(StartingProfile, NicsThatCouldNotBeReadAreNotCalledNone) {
  Facts facts;
  facts.unread.push_back({.part = FactNeed::Nics,
                          .nic = {},
                          .error = {.fault = Fault::Io, .text = "read /sys/class/net: I/O error"}});
  EXPECT_THAT(starting_profile_text(start(), facts),
              AllOf(HasSubstr("could not be read: read /sys/class/net: I/O error"),
                    Not(HasSubstr("no physical NIC"))));
}

TEST(StartingProfile, HostileNamesStayComments) {
  Facts facts = testing::two_node_facts();
  facts.host.hostname = "a\nname: other\x1b[1m";
  Nic nic;
  nic.physical = true;
  nic.driver = "x\ny";
  for (const char* name : {"e\x1b[1m", "e*", "e\"}: {", "e #x"}) {
    nic.name = name;
    facts.nics.push_back(nic);
  }
  const std::string text = starting_profile_text(start(), facts);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  for (const std::string& one : {text, uncommented(text)}) {
    const ReadLayer read = read_layer("mine.yaml", one);
    EXPECT_FALSE(has_errors(read.diagnostics)) << one;
    EXPECT_EQ(read.layer.name, "mine");
  }
  EXPECT_EQ(read_layer("mine.yaml", text).layer.nics.size(),
            read_layer("mine.yaml", starting_profile_text(start(), testing::two_node_facts()))
                    .layer.nics.size() +
                2)
      << "a name with a wildcard would select other NICs, too";
}

TEST(StartingProfile, EveryHostileNameOfTheCorpusIsText) {
  for (const std::string& name : testing::hostile_names()) {
    Facts facts;
    facts.host.hostname = name;
    facts.kernel.tls.because = name;
    Nic nic;
    nic.name = nic.driver = nic.operstate = name;
    nic.physical = true;
    facts.nics.push_back(nic);
    StartingProfile hostile = start();
    hostile.because = name;
    const std::string text = starting_profile_text(hostile, facts);
    EXPECT_EQ(testing::first_hidden(text), testing::first_hidden("")) << text;
    for (const std::string& one : {text, uncommented(text)})
      EXPECT_FALSE(has_errors(read_layer("mine.yaml", one).diagnostics)) << one;
  }
}

}  // namespace
}  // namespace tuner
