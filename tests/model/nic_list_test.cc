#include "model/nic_list.h"

#include "model/facts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

NicList three() {
  return {{.name = "eth0", .bus_address = "0000:81:00.0"},
          {.name = "rep0", .bus_address = "0000:81:00.0"},
          {.name = "bond0", .lowers = {"eth0", "rep0"}}};
}

TEST(NicList, FindsByNameKeyAddressAndLowerInterface) {
  const NicList nics = three();
  EXPECT_EQ(nics.named("rep0"), &nics[1]);
  EXPECT_EQ(nics.named("eth1"), nullptr);
  EXPECT_EQ(nics.with_key("pci:0000:81:00.0"), (std::vector{&nics[0], &nics[1]}));
  EXPECT_EQ(nics.with_key("name:bond0"), std::vector{&nics[2]});
  EXPECT_EQ(nics.at_address("0000:81:00.0").size(), 2U);
  EXPECT_TRUE(nics.at_address("").empty()) << "an interface without an address has no entry";
  EXPECT_EQ(nics.directly_on("eth0"), std::vector{&nics[2]});
}

TEST(NicList, AChangedNicIsFoundByItsNewValues) {
  NicList nics = three();
  ASSERT_NE(nics.named("eth0"), nullptr);
  nics[0].name = "ens1";
  EXPECT_EQ(nics.named("eth0"), nullptr);
  EXPECT_EQ(nics.named("ens1"), &std::as_const(nics)[0]);
  nics.push_back({.name = "eth0"});
  EXPECT_EQ(nics.named("eth0"), &std::as_const(nics)[3]);
  nics.change().erase(nics.change().begin());
  EXPECT_EQ(nics.named("ens1"), nullptr);
}

TEST(NicList, ACopyFindsItsOwnNics) {
  const NicList first = three();
  ASSERT_NE(first.named("eth0"), nullptr);
  const NicList copy = first;
  EXPECT_EQ(copy.named("eth0"), &copy[0]);
}

TEST(NicList, LookupsAndHarmlessChangesBuildTheIndexOnce) {
  NicList nics;
  for (int i = 0; i < 100; ++i) nics.push_back({.name = fmt::format("eth{}", i)});
  for (int i = 0; i < 100; ++i) {
    nics.find_mutable(fmt::format("eth{}", i))->rx_queues = i;
    EXPECT_EQ(nics.with_key(fmt::format("name:eth{}", i)).size(), 1U);
  }
  EXPECT_EQ(nics.walks(), 1U);
}

TEST(Facts, AStackHasEachInterfaceOnce) {
  Facts facts;
  facts.nics = {{.name = "eth0"},
                {.name = "bond0", .lowers = {"eth0", "eth0"}},
                {.name = "bond0.7", .lowers = {"bond0"}},
                {.name = "br0", .lowers = {"bond0.7", "eth0"}},
                {.name = "wg0"}};
  std::string names;
  for (const Nic* nic : facts.stack_on(std::as_const(facts).nics[0])) names += nic->name + " ";
  EXPECT_EQ(names, "eth0 bond0 br0 bond0.7 ");
}

Unread unread(FactNeed part, std::string nic, Fault fault, std::string text) {
  return {part, std::move(nic), {.fault = fault, .text = std::move(text)}};
}

TEST(UnreadList, FindsEntriesByPartAndNic) {
  const UnreadList list{
      unread(FactNeed::Nics, "eth0", Fault::NotRecorded, "eth0 not recorded"),
      unread(FactNeed::Irqs, "", Fault::Io, "irqs"),
      unread(FactNeed::Nics, "eth1", Fault::Io, "eth1 failed"),
      unread(FactNeed::Nics, "", Fault::Io, "all failed"),
  };
  const auto texts = [&](FactNeed parts, std::string_view nic) {
    std::string all;
    for (const Unread* one : list.about(parts, nic)) all += one->error.text + ";";
    return all;
  };
  EXPECT_EQ(texts(FactNeed::Nics, "eth0"), "eth0 not recorded;all failed;");
  EXPECT_EQ(texts(FactNeed::Nics | FactNeed::Irqs, "eth1"), "irqs;eth1 failed;all failed;");
  EXPECT_EQ(texts(FactNeed::Nics, ""), "all failed;");
  EXPECT_EQ(texts(FactNeed::Cpufreq, "eth0"), "");
  EXPECT_EQ(list.failed(FactNeed::Nics)->error.text, "eth1 failed") << "of any NIC";
  EXPECT_EQ(list.failed(FactNeed::Nics | FactNeed::Irqs)->error.text, "irqs");
  EXPECT_EQ(list.failed(FactNeed::Cpufreq), nullptr);
}

}  // namespace
}  // namespace tuner
