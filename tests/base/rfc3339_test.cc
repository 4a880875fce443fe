#include "base/rfc3339.h"

#include <gtest/gtest.h>

#include <array>

namespace tuner {
namespace {

TEST(Rfc3339, ParsesItsOwnOutput) {
  for (const std::string_view text :
       {"2026-11-24T10:15:09Z", "1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1677-09-21T00:12:43Z",
        "1815-03-29T05:56:08Z", "2262-04-11T23:47:17Z", "9999-12-31T23:59:59Z"}) {
    const auto time = from_rfc3339(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(rfc3339(*time), text);
  }
}

TEST(Rfc3339, RejectsOtherForms) {
  for (const std::string_view text :
       {"", "2026-11-24", "2026-11-24T10:15:09", "2026-11-24T10:15:09+01:00",
        "2026-11-24 10:15:09Z", "2026-11-24T10:15:0xZ", "2026-02-29T10:15:09Z",
        "2026-13-01T10:15:09Z", "2026-11-24T24:15:09Z", "2026-11-24T10:60:09Z",
        "2026-11-24T10:15:60Z", "2016-12-31T23:59:60Z", "10000-01-01T00:00:00Z",
        "-001-01-01T00:00:00Z", "+999-01-01T00:00:00Z", "2026-00-01T10:15:09Z",
        "2026-11-00T10:15:09Z", "2026-11-24T10:15:09z", "2026-11-24t10:15:09Z"})
    EXPECT_FALSE(from_rfc3339(text).has_value()) << text;
}

// The year 9999 overflows the system clock's nanoseconds and becomes 1815.
TEST(Rfc3339, DistantYearsKeepTheirOrder) {
  const std::array<std::string_view, 6> rising{"0001-01-01T00:00:00Z", "1677-09-21T00:12:43Z",
                                               "1970-01-01T00:00:00Z", "2026-11-24T10:15:09Z",
                                               "2262-04-11T23:47:17Z", "9999-12-31T23:59:59Z"};
  for (std::size_t i = 1; i < rising.size(); ++i)
    EXPECT_LT(from_rfc3339(rising[i - 1]), from_rfc3339(rising[i])) << rising[i];
  EXPECT_EQ(from_rfc3339("9999-12-31T23:59:59Z")->time_since_epoch().count(), 253'402'300'799);
}

TEST(Rfc3339, ConvertsOnlyTimesInTheSystemClocksRange) {
  const auto round_trip = [](std::string_view text) -> std::optional<std::string> {
    const auto time = system_time(*from_rfc3339(text));
    if (!time) return std::nullopt;
    return rfc3339(*time);
  };
  for (const std::string_view text :
       {"1677-09-21T00:12:44Z", "1969-12-31T23:59:59Z", "2262-04-11T23:47:16Z"})
    EXPECT_EQ(round_trip(text), text);
  for (const std::string_view text : {"0001-01-01T00:00:00Z", "1677-09-21T00:12:43Z",
                                      "2262-04-11T23:47:17Z", "9999-12-31T23:59:59Z"})
    EXPECT_EQ(round_trip(text), std::nullopt) << text;
}

}  // namespace
}  // namespace tuner
