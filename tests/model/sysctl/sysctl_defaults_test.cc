#include "model/sysctl/sysctl_defaults.h"

#include "model/sysctl/sysctl_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

Goal goal(Goal::Op op, Value value) {
  return {.op = op, .value = std::move(value)};
}

TEST(SysctlDefaults, AreValuesThatTheCatalogueTakes) {
  for (const SysctlDefault& row : sysctl_defaults()) {
    const SysctlRow* const known = find_sysctl(row.name);
    ASSERT_NE(known, nullptr) << row.name;
    EXPECT_EQ(known->count, std::ssize(row.value)) << row.name;
    for (const std::int64_t number : row.value) {
      EXPECT_GE(number, known->min) << row.name;
      EXPECT_LE(number, known->max) << row.name;
    }
    EXPECT_TRUE(row.newer.empty() || row.newer.size() == row.value.size()) << row.name;
    EXPECT_FALSE(row.source.empty()) << row.name;
  }
}

TEST(SysctlDefaults, ALowerLimitIsNoted) {
  EXPECT_THAT(note_on_default("net.core.somaxconn", goal(Goal::Op::Exactly, std::int64_t{1024})),
              Optional(HasSubstr("since Linux 5.4 from 4096 to 1024")));
  EXPECT_THAT(note_on_default("net.core.somaxconn", goal(Goal::Op::AtMost, std::int64_t{1024})),
              Optional(HasSubstr("lowers")));
  EXPECT_THAT(note_on_default("net.ipv4.tcp_rmem",
                              goal(Goal::Op::Exactly, Integers{4096, 87380, 16777216})),
              Optional(HasSubstr("from 131072 to 87380")));
}

// 16 MiB was more than the default when the recipe was written.
TEST(SysctlDefaults, ALimitThatNewerKernelsRaisedIsNoted) {
  EXPECT_THAT(note_on_default("net.ipv4.tcp_rmem",
                              goal(Goal::Op::Exactly, Integers{4096, 131072, 16777216})),
              Optional(HasSubstr("since mid-2025 from 33554432 to 16777216")));
  EXPECT_EQ(note_on_default("net.ipv4.tcp_rmem",
                            goal(Goal::Op::Exactly, Integers{4096, 131072, 67108864})),
            std::nullopt);
}

TEST(SysctlDefaults, AtLeastLowersNothing) {
  EXPECT_EQ(note_on_default("net.core.somaxconn", goal(Goal::Op::AtLeast, std::int64_t{1})),
            std::nullopt);
}

TEST(SysctlDefaults, TheDefaultItselfIsNoted) {
  EXPECT_THAT(note_on_default("net.ipv4.tcp_sack", goal(Goal::Op::Exactly, std::int64_t{1})),
              Optional(HasSubstr("better left alone")));
  EXPECT_EQ(note_on_default("net.ipv4.tcp_fin_timeout", goal(Goal::Op::Exactly, std::int64_t{15})),
            std::nullopt)
      << "a choice is neither better nor worse";
}

TEST(SysctlDefaults, OtherTypesAndNamesHaveNoNote) {
  EXPECT_EQ(note_on_default("net.core.somaxconn", goal(Goal::Op::Exactly, std::string("1024"))),
            std::nullopt);
  EXPECT_EQ(note_on_default("net.ipv4.tcp_rmem", goal(Goal::Op::Exactly, Integers{1, 2})),
            std::nullopt);
  EXPECT_EQ(note_on_default("net.core.nothing", goal(Goal::Op::Exactly, std::int64_t{1})),
            std::nullopt);
}

}  // namespace
}  // namespace tuner
