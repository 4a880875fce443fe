#include "probe/handshake/connection/payload.h"

#include "probe/run_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace tuner {
namespace {

TEST(Payload, TheSeedDeterminesTheBytes) {
  EXPECT_EQ(make_payload(1, 1000), make_payload(1, 1000));
  EXPECT_NE(make_payload(1, 1000), make_payload(2, 1000));
  EXPECT_TRUE(make_payload(1, 0).empty());
}

TEST(Payload, AShorterPayloadIsAPrefixOfALongerOne) {
  const Payload longer = make_payload(1, 100);
  for (const std::size_t size : {1U, 7U, 8U, 9U, 99U}) {
    const Payload start(longer.begin(), longer.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(make_payload(1, size), start);
  }
}

// A duplicated or swapped record differs from the expected one.
TEST(Payload, NoSixteenBytesRepeat) {
  const Payload payload = make_payload(1, 1U << 20U);
  std::set<std::vector<std::uint8_t>> seen;
  for (std::size_t at = 0; at < payload.size(); at += 16) {
    const auto start = payload.begin() + static_cast<std::ptrdiff_t>(at);
    EXPECT_TRUE(seen.emplace(start, start + 16).second) << at;
  }
}

TEST(Payload, TheRampGoesFromOneByteToTheLargestRecord) {
  const auto sizes = ramp(1U << 20U);
  EXPECT_EQ(sizes.front(), 1U);
  EXPECT_EQ(sizes.back(), kLargestRecord);
  EXPECT_TRUE(std::is_sorted(sizes.begin(), sizes.end()));
}

TEST(Payload, TheRampNeverExceedsTheTotal) {
  for (const std::size_t total : {0U, 1U, 5U, 6U, 1000U, 70'000U}) {
    const auto sizes = ramp(total);
    EXPECT_LE(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}), total);
  }
}

TEST(ProbeRequest, TheDefaultHasARecordOfEachSizeAndMore) {
  const std::size_t bytes = ProbeRequest{}.bytes_each_way;
  const auto sizes = ramp(bytes);
  EXPECT_EQ(sizes, ramp(std::size_t{1} << 30U));
  EXPECT_EQ(sizes.back(), kLargestRecord);
  const auto used = std::reduce(sizes.begin(), sizes.end(), std::size_t{0});
  EXPECT_GT(bytes - used, 2 * kLargestRecord) << "for sendfile";
}

}  // namespace
}  // namespace tuner
