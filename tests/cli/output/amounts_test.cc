#include "cli/output/amounts.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Amounts, BytesInTheirUnit) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(1024), "1.0 KiB");
  EXPECT_EQ(size_text(3 * 1024 * 1024 / 2), "1.5 MiB");
  EXPECT_EQ(size_text(~std::uint64_t{0}), "16.0 EiB");
}

TEST(Amounts, ASmallRateIsNotShownAsNone) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(0.0016), "0.002");
  EXPECT_EQ(number_text(0.25), "0.25");
  EXPECT_EQ(number_text(9.5), "9.5");
  EXPECT_EQ(number_text(1234.4), "1234");
}

TEST(Amounts, APartOfNothingHasNoShare) {
  EXPECT_EQ(percent_text(0, 0), "-");
  EXPECT_EQ(percent_text(1, 4), "25 %");
}

}  // namespace
}  // namespace tuner
