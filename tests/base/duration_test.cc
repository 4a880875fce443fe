#include "base/duration.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::seconds;

TEST(Duration, DefaultsToSeconds) {
  EXPECT_EQ(parse_duration("90").value(), seconds(90));
  EXPECT_EQ(parse_duration("5s").value(), seconds(5));
  EXPECT_EQ(parse_duration("2m").value(), seconds(120));
  EXPECT_EQ(parse_duration("24h").value(), seconds(86'400));
}

TEST(Duration, RejectsAnythingButAWholeNumberFromOneSecondToOneDay) {
  for (const char* text : {"", "0", "0s", "-5s", "+5s", " 5s", "5 s", "1.5m", "5S", "5ms", "1d",
                           "s", "86401", "25h", "1441m", "99999999999999999999", "60s5", "0x10"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().fault, Fault::Invalid) << text;
    EXPECT_NE(parsed.error().text.find("'" + std::string(text) + "'"), std::string::npos);
    EXPECT_FALSE(parsed.error().hint.empty());
  }
}

TEST(Duration, IsTypedInTheLargestUnitThatNeedsNoFraction) {
  for (const std::string_view word : {"1s", "59s", "1m", "90s", "61m", "2h", "24h"})
    EXPECT_EQ(duration_word(parse_duration(word).value()), word);
  EXPECT_EQ(duration_word(parse_duration("60").value()), "1m");
  EXPECT_EQ(duration_word(seconds(0)), "0s");
}

TEST(Duration, IsPrintedInTheLargestUnits) {
  EXPECT_EQ(duration_text(seconds(0)), "0 s");
  EXPECT_EQ(duration_text(seconds(45)), "45 s");
  EXPECT_EQ(duration_text(seconds(60)), "1 min");
  EXPECT_EQ(duration_text(seconds(125)), "2 min 5 s");
  EXPECT_EQ(duration_text(seconds(3'601)), "1 h 1 s");
}

}  // namespace
}  // namespace tuner
