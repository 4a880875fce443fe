#include "host/facts/gunzip.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using namespace std::string_view_literals;

// printf 'CONFIG_TLS=m\n' | gzip -n
constexpr std::string_view kPacked =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x73\xf6\xf7\x73\xf3\x74\x8f\x0f\xf1\x09"
    "\xb6\xcd\xe5\x02\x00\x4c\xe4\x3b\x11\x0d\x00\x00\x00"sv;

TEST(Gunzip, DecompressesAGzipFile) {
  ASSERT_TRUE(is_gzip(kPacked));
  EXPECT_EQ(gunzip(kPacked, 100).value(), "CONFIG_TLS=m\n");
  EXPECT_EQ(gunzip(kPacked, 14).value(), "CONFIG_TLS=m\n");
}

TEST(Gunzip, RefusesATruncatedFile) {
  for (std::size_t length = 0; length < kPacked.size(); ++length)
    EXPECT_FALSE(gunzip(kPacked.substr(0, length), 100)) << length;
}

TEST(Gunzip, RefusesADamagedFile) {
  std::string damaged(kPacked);
  damaged[16] = static_cast<char>(damaged[16] ^ 0x20);
  ASSERT_FALSE(gunzip(damaged, 100));
  EXPECT_EQ(gunzip(damaged, 100).error().text, "damaged or truncated");
}

TEST(Gunzip, RefusesMoreThanTheLimit) {
  ASSERT_FALSE(gunzip(kPacked, 12));
  EXPECT_EQ(gunzip(kPacked, 12).error().text, "too large when decompressed");
}

// 50,000 times "a", with `gzip -9`: far more than the usual ratio.
constexpr std::string_view kPackedALot =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x01\x0d\x00\x00\x00\xc2\xa0\xac"
    "\xef\x5f\xc2\x1e\x0e\x28\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x9e\x0c\x89\x29\xf9\x76"
    "\x50\xc3\x00\x00"sv;

TEST(Gunzip, MakesRoomForATextThatIsPackedTightly) {
  const std::string all(50'000, 'a');
  EXPECT_EQ(gunzip(kPackedALot, 1U << 20U).value_or(""), all);
  EXPECT_EQ(gunzip(kPackedALot, 50'000).value_or(""), all);
  ASSERT_FALSE(gunzip(kPackedALot, 49'999));
  EXPECT_EQ(gunzip(kPackedALot, 49'999).error().text, "too large when decompressed");
  for (std::size_t length = 0; length < kPackedALot.size(); ++length)
    EXPECT_FALSE(gunzip(kPackedALot.substr(0, length), 1U << 20U)) << length;
}

TEST(Gunzip, OtherBytesAreNotGzip) {
  for (const std::string_view other : {""sv, "\x1f"sv, "CONFIG_TLS=m\n"sv}) {
    EXPECT_FALSE(is_gzip(other));
    EXPECT_FALSE(gunzip(other, 100));
  }
}

}  // namespace
}  // namespace tuner
