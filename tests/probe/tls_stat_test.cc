#include "probe/tls_stat.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

// net/tls/tls_proc.c: "%-32s\t%lu\n".
std::string stat_text(std::initializer_list<std::pair<std::string, int>> rows) {
  std::string text;
  for (const auto& [name, count] : rows) {
    text += name + std::string(32 - name.size(), ' ') + "\t" + std::to_string(count) + "\n";
  }
  return text;
}

const std::initializer_list<std::pair<std::string, int>> kOf5Point10 = {
    {"TlsCurrTxSw", 1},       {"TlsCurrRxSw", 2}, {"TlsCurrTxDevice", 3},
    {"TlsCurrRxDevice", 4},   {"TlsTxSw", 5},     {"TlsRxSw", 6},
    {"TlsTxDevice", 7},       {"TlsRxDevice", 8}, {"TlsDecryptError", 9},
    {"TlsRxDeviceResync", 10}};

TEST(TlsCounters, ReadsTheTenCountersOf5Point10) {
  const TlsCounters stat = parse_tls_stat(stat_text(kOf5Point10));
  EXPECT_EQ(stat.size(), 10U);
  EXPECT_EQ(stat.at("TlsTxSw"), 5U);
  EXPECT_EQ(stat.at("TlsRxDeviceResync"), 10U);
  EXPECT_FALSE(counts_rekeys(stat));
}

TEST(TlsCounters, ReadsTheTwelveOf6Point1) {
  const TlsCounters stat = parse_tls_stat(
      stat_text(kOf5Point10) + stat_text({{"TlsDecryptRetry", 11}, {"TlsRxNoPadViolation", 12}}));
  EXPECT_EQ(stat.size(), 12U);
  EXPECT_EQ(stat.at("TlsRxNoPadViolation"), 12U);
  EXPECT_FALSE(counts_rekeys(stat));
}

TEST(TlsCounters, ReadsTheSeventeenOf6Point14WithRekeys) {
  const TlsCounters stat =
      parse_tls_stat(stat_text(kOf5Point10) + stat_text({{"TlsDecryptRetry", 11},
                                                         {"TlsRxNoPadViolation", 12},
                                                         {"TlsRxRekeyOk", 13},
                                                         {"TlsRxRekeyError", 14},
                                                         {"TlsTxRekeyOk", 15},
                                                         {"TlsTxRekeyError", 16},
                                                         {"TlsRxRekeyReceived", 17}}));
  EXPECT_EQ(stat.size(), 17U);
  EXPECT_EQ(stat.at("TlsRxRekeyReceived"), 17U);
  EXPECT_TRUE(counts_rekeys(stat));
}

// Documentation/networking/tls.rst says TlsDeviceRxResync, the code says TlsRxDeviceResync. A
// counter keeps the name that the file has.
TEST(TlsCounters, AnUnknownNameIsKept) {
  const TlsCounters stat = parse_tls_stat(stat_text({{"TlsDeviceRxResync", 4}, {"TlsNew", 1}}));
  EXPECT_EQ(stat.at("TlsDeviceRxResync"), 4U);
  EXPECT_EQ(stat.at("TlsNew"), 1U);
  EXPECT_FALSE(stat.contains("TlsRxDeviceResync"));
}

TEST(TlsCounters, IgnoresOtherLines) {
  const TlsCounters stat =
      parse_tls_stat("TlsTxSw 1\nTlsRxSw\nTlsTxDevice -3\nTlsRxDevice x\n\nA b c\n");
  EXPECT_EQ(stat, (TlsCounters{{"TlsTxSw", 1}}));
  EXPECT_TRUE(parse_tls_stat("").empty());
}

TEST(TlsCounters, ADeltaHoldsOnlyWhatMoved) {
  const TlsCounters before{{"TlsTxSw", 5}, {"TlsRxSw", 1}, {"TlsCurrTxSw", 2}};
  const TlsCounters after{{"TlsTxSw", 7}, {"TlsRxSw", 1}, {"TlsCurrTxSw", 0}, {"TlsTxRekeyOk", 3}};
  const TlsStatDelta delta = tls_stat_delta(before, after);
  EXPECT_EQ(delta, (TlsStatDelta{{"TlsCurrTxSw", -2}, {"TlsTxRekeyOk", 3}, {"TlsTxSw", 2}}));
  EXPECT_EQ(moved(delta, "TlsTxSw"), 2);
  EXPECT_EQ(moved(delta, "TlsRxSw"), 0);
}

TEST(TlsCounters, CountersMayUse64BitsAndWrap) {
  const TlsCounters before =
      parse_tls_stat("TlsTxSw 18446744073709551615\nTlsRxSw 9223372036854775808");
  EXPECT_EQ(before.at("TlsTxSw"), ~std::uint64_t{0});
  const TlsStatDelta delta =
      tls_stat_delta(before, {{"TlsTxSw", 1}, {"TlsRxSw", std::uint64_t{1} << 63U}});
  EXPECT_EQ(delta, (TlsStatDelta{{"TlsTxSw", 2}}));
  EXPECT_TRUE(parse_tls_stat("TlsTxSw 18446744073709551616\nTlsRxSw 1e3\nA 1.5").empty());
}

TEST(TlsCounters, CountersThatAppearWithTheModuleCountFromZero) {
  EXPECT_EQ(tls_stat_delta({}, {{"TlsTxSw", 2}, {"TlsRxSw", 0}}), (TlsStatDelta{{"TlsTxSw", 2}}));
}

}  // namespace
}  // namespace tuner
