#include "host/nic_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// As ETHTOOL_GSTRINGS has them: 32 bytes each.
std::vector<std::byte> names(const std::vector<std::string>& words) {
  std::vector<std::byte> bytes(words.size() * 32);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::memcpy(&bytes[i * 32], words[i].data(), std::min<std::size_t>(words[i].size(), 32));
  }
  return bytes;
}

TEST(NicStatistics, NamesMeetTheirNumbers) {
  const std::array<std::uint64_t, 2> values = {7, 1ULL << 40U};
  EXPECT_THAT(decode_statistics(names({"tx_tls_ctx", "rx_bytes"}), values),
              ElementsAre(Pair("rx_bytes", 1ULL << 40U), Pair("tx_tls_ctx", 7)));
}

// cxgb4: "tx_tls_ctx              "
TEST(NicStatistics, BlanksBehindANameAreNotOfIt) {
  const std::array<std::uint64_t, 1> values = {3};
  EXPECT_THAT(decode_statistics(names({"tx_tls_ctx              "}), values),
              ElementsAre(Pair("tx_tls_ctx", 3)));
}

TEST(NicStatistics, ANameMayFillItsPlaceToTheLastByte) {
  const std::string full(32, 'n');
  const std::array<std::uint64_t, 2> values = {1, 2};
  EXPECT_THAT(decode_statistics(names({full, "b"}), values),
              ElementsAre(Pair("b", 2), Pair(full, 1)));
}

TEST(NicStatistics, WhatOnlyOneSideHasIsPassedOver) {
  const std::array<std::uint64_t, 2> values = {1, 2};
  EXPECT_THAT(decode_statistics(names({"a"}), values), ElementsAre(Pair("a", 1)));
  EXPECT_THAT(decode_statistics(names({"a", "b", "c"}), values),
              ElementsAre(Pair("a", 1), Pair("b", 2)));
  auto cut = names({"a", "b"});
  cut.resize(40);
  EXPECT_THAT(decode_statistics(cut, values), ElementsAre(Pair("a", 1)));
  EXPECT_THAT(decode_statistics(names({"", "  "}), values), IsEmpty());
}

}  // namespace
}  // namespace tuner
