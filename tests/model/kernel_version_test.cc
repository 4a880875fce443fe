#include "model/kernel_version.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(KernelVersion, ReadsTheFirstTwoNumbers) {
  EXPECT_EQ(kernel_version("6.1.0-32-amd64"), (KernelVersion{6, 1}));
  EXPECT_EQ(kernel_version("5.14.0-427.el9.x86_64"), (KernelVersion{5, 14}));
  EXPECT_EQ(kernel_version("7.3-rc2"), (KernelVersion{7, 3}));
  EXPECT_EQ(kernel_version("6.12"), (KernelVersion{6, 12}));
}

TEST(KernelVersion, RejectsOtherText) {
  for (const char* release : {"", "6", "6.", ".1", "x.1", "6.x", "-6.1", "99999999999999999999.1"})
    EXPECT_EQ(kernel_version(release), std::nullopt) << release;
}

TEST(KernelVersion, LimitsMajorAndMinorNumbers) {
  EXPECT_EQ(kernel_version("999.9999"), (KernelVersion{999, 9999}));
  EXPECT_EQ(kernel_version("1000.1"), std::nullopt);
  EXPECT_EQ(kernel_version("6.10000"), std::nullopt);
}

TEST(KernelVersion, ComparesNumbersNotText) {
  EXPECT_LT((KernelVersion{5, 9}), (KernelVersion{5, 12}));
  EXPECT_LT((KernelVersion{5, 19}), (KernelVersion{6, 0}));
  EXPECT_EQ(to_text(KernelVersion{5, 12}), "5.12");
}

}  // namespace
}  // namespace tuner
