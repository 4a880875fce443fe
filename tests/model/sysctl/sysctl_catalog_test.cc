#include "model/sysctl/sysctl_catalog.h"

#include "model/sysctl/sysctl_name.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(SysctlCatalog, HasCanonicalNamesDocsAndSources) {
  for (const SysctlRow& row : sysctl_catalog()) {
    EXPECT_EQ(canonical_sysctl_name(row.name).value(), row.name);
    EXPECT_EQ(find_sysctl(row.name), &row);
    EXPECT_FALSE(row.doc.empty()) << row.name;
    EXPECT_FALSE(row.source.empty()) << row.name;
  }
}

TEST(SysctlCatalog, HasRangesForNumbersAndCountsForLists) {
  for (const SysctlRow& row : sysctl_catalog()) {
    if (row.type == SysctlRow::Type::Word) continue;
    EXPECT_LT(row.min, row.max) << row.name;
    EXPECT_EQ(row.count > 1, row.type == SysctlRow::Type::Numbers) << row.name;
  }
}

TEST(SysctlCatalog, DoesNotFindOtherNames) {
  EXPECT_EQ(find_sysctl("net.core.rmem_mx"), nullptr);
  EXPECT_EQ(find_sysctl(""), nullptr);
  EXPECT_EQ(find_sysctl("zzz"), nullptr);
}

TEST(SysctlCatalog, OnlyWordRowsHaveWords) {
  for (const SysctlRow& row : sysctl_catalog())
    EXPECT_EQ(!row.words.empty(), row.type == SysctlRow::Type::Word) << row.name;
}

TEST(SysctlCatalog, RoundsGoalsLikeTheKernel) {
  const SysctlRow& flows = *find_sysctl("net.core.rps_sock_flow_entries");
  const struct {
    Goal::Op op;
    std::int64_t asked;
    std::int64_t made;
  } cases[] = {
      {Goal::Op::Exactly, 32769, 65536},
      {Goal::Op::Exactly, 32768, 32768},
      {Goal::Op::Exactly, 0, 0},
      {Goal::Op::Exactly, 1, 1},
      {Goal::Op::AtLeast, 3, 4},
      {Goal::Op::AtMost, 32769, 32768},
      {Goal::Op::AtMost, 65535, 32768},
      {Goal::Op::Exactly, (1 << 28) + 1, 1 << 29},
      {Goal::Op::Exactly, 1 << 29, 1 << 29},
      {Goal::Op::Exactly, (1 << 29) + 1, (1 << 29) + 1},
  };
  for (const auto& one : cases)
    EXPECT_EQ(reachable(flows, {one.op, one.asked}), (Goal{one.op, one.made})) << one.asked;
  const SysctlRow& backlog = *find_sysctl("net.core.somaxconn");
  EXPECT_EQ(reachable(backlog, {Goal::Op::Exactly, std::int64_t{4097}}),
            (Goal{Goal::Op::Exactly, std::int64_t{4097}}));
}

}  // namespace
}  // namespace tuner
