#include "base/rfc3339.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Rfc3339, IsReadAsItIsWritten) {
  for (const std::string_view text :
       {"2026-11-24T10:15:09Z", "1970-01-01T00:00:00Z", "2028-02-29T23:59:59Z"}) {
    const auto time = from_rfc3339(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(rfc3339(*time), text);
  }
}

TEST(Rfc3339, OfAnotherFormIsNotRead) {
  for (const std::string_view text :
       {"", "2026-11-24", "2026-11-24T10:15:09", "2026-11-24T10:15:09+01:00",
        "2026-11-24 10:15:09Z", "2026-11-24T10:15:0xZ", "2026-02-29T10:15:09Z",
        "2026-13-01T10:15:09Z", "2026-11-24T24:15:09Z", "2026-11-24T10:60:09Z",
        "2026-11-24T10:15:60Z"})
    EXPECT_FALSE(from_rfc3339(text).has_value()) << text;
}

}  // namespace
}  // namespace tuner
