#include "cli/steps/check_job.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tuner {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(PlaceInSplay, IsTheSameForOneHost) {
  EXPECT_EQ(start_delay("0123456789abcdef", minutes(30)),
            start_delay("0123456789abcdef", minutes(30)));
  EXPECT_EQ(start_delay("0123456789abcdef", seconds(0)), seconds(0));
}

TEST(PlaceInSplay, SpreadsAFleetEvenly) {
  std::set<std::int64_t> tenths;
  for (int host = 0; host < 200; ++host) {
    const auto place = start_delay("machine-" + std::to_string(host), minutes(30));
    EXPECT_GE(place, seconds(0));
    EXPECT_LT(place, minutes(30));
    tenths.insert(place.count() / 180);
  }
  EXPECT_EQ(tenths.size(), 10U);
}

}  // namespace
}  // namespace tuner
