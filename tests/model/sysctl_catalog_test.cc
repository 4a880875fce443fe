#include "model/sysctl_catalog.h"

#include "model/sysctl_name.h"

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

TEST(SysctlCatalog, FindsNothingElse) {
  EXPECT_EQ(find_sysctl("net.core.rmem_mx"), nullptr);
  EXPECT_EQ(find_sysctl(""), nullptr);
  EXPECT_EQ(find_sysctl("zzz"), nullptr);
}

TEST(HarmfulSysctls, AreKnownAndTheirValuesPossible) {
  for (const HarmfulSysctl& row : harmful_sysctls()) {
    const SysctlRow* const known = find_sysctl(row.name);
    ASSERT_NE(known, nullptr) << row.name;
    if (row.value) {
      EXPECT_GE(*row.value, known->min) << row.name;
      EXPECT_LE(*row.value, known->max) << row.name;
    }
  }
}

}  // namespace
}  // namespace tuner
