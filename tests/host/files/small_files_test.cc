#include "host/files/small_files.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(SmallFiles, NumberedAcceptsOnlyDigitsAfterThePrefix) {
  EXPECT_EQ(numbered("node12", "node"), 12);
  EXPECT_EQ(numbered("24", ""), 24);
  for (const char* name : {"node", "nodes", "node1x", "has_cpu", "node-1", "node+1", "node 1",
                           "node2147483648", "node4294967297"})
    EXPECT_EQ(numbered(name, "node"), std::nullopt) << name;
}

TEST(SmallFiles, ListsNumbersInNumericOrder) {
  testing::FakeMachine machine;
  for (const char* name : {"policy10", "policy9", "policy0", "boost", "policyx"})
    machine.set(std::string("/sys/cpufreq/") + name + "/x", "1");
  const Host host = machine.host();
  EXPECT_EQ(list_numbered(host.files(), "/sys/cpufreq", "policy"), (std::vector{0, 9, 10}));
  EXPECT_TRUE(list_numbered(host.files(), "/sys/none", "policy").empty());
}

TEST(SmallFiles, ReadsWholeNumbersOnly) {
  testing::FakeMachine machine;
  machine.set("/a", "-1");
  machine.set("/b", "12 13");
  machine.set("/c", "99999999999");
  const Host host = machine.host();
  EXPECT_EQ(read_integer(host.files(), "/a"), -1);
  EXPECT_EQ(read_integer(host.files(), "/b"), std::nullopt);
  EXPECT_EQ(read_integer(host.files(), "/c"), std::nullopt);
  EXPECT_EQ(read_integer(host.files(), "/d"), std::nullopt);
}

TEST(SmallFiles, SplitsPaths) {
  EXPECT_EQ(base_name("/a/b/c"), "c");
  EXPECT_EQ(base_name("c"), "c");
  EXPECT_EQ(parent_of("/a/b/c"), "/a/b");
  EXPECT_EQ(parent_of("/a"), "/");
  EXPECT_EQ(parent_of("/"), "/");
}

}  // namespace
}  // namespace tuner
