#include "bench/connection_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::IsEmpty;

TEST(ConnectionCounters, EachConnectionHasItsShare) {
  const TlsStatDelta one =
      counters_of_one({{"TlsTxSw", 1000}, {"TlsRxSw", 2000}}, 1000, true).value();
  EXPECT_EQ(one, (TlsStatDelta{{"TlsTxSw", 1}, {"TlsRxSw", 2}}));
  EXPECT_THAT(counters_of_one({}, 7, true).value(), IsEmpty());
}

// In a namespace of its own nothing else counts: one connection that was not in the kernel, or one
// error, is seen among ten thousand.
TEST(ConnectionCounters, OneThatDiffersIsNamed) {
  const auto fewer = counters_of_one({{"TlsTxSw", 9'999}}, 10'000, true);
  EXPECT_EQ(fewer.error().fault, Fault::Invalid);
  EXPECT_EQ(fewer.error().text, "TlsTxSw moved by 9999 for 10000 connections");
  EXPECT_FALSE(counters_of_one({{"TlsTxSw", 10'000}, {"TlsDecryptError", 1}}, 10'000, true));
}

TEST(ConnectionCounters, ElsewhereOtherProgramsCountToo) {
  EXPECT_EQ(counters_of_one({{"TlsTxSw", 103}, {"TlsRxSw", 3}}, 100, false).value(),
            (TlsStatDelta{{"TlsTxSw", 1}}));
  EXPECT_THAT(counters_of_one({{"TlsTxSw", 99}}, 100, false).value(), IsEmpty());
}

}  // namespace
}  // namespace tuner
