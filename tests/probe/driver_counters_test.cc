#include "probe/driver_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using Kind = TlsStatistic::Kind;

TEST(DriverCounters, OnlyTlsStatisticsAreKept) {
  EXPECT_THAT(offload_counters({{"rx_packets", 5}, {"tx_tls_ctx", 2}, {"tx_queue_0_bytes", 9}}),
              ElementsAre(Pair("tx_tls_ctx", 2)));
}

// mlx5 reports each queue and its own total; the total is used.
TEST(DriverCounters, QueuesAreSummedOnlyWhereTheTotalIsAbsent) {
  EXPECT_THAT(offload_counters({{"tx_tls_ooo", 10},
                                {"tx0_tls_ooo", 3},
                                {"tx1_tls_ooo", 4},
                                {"rx0_tls_decrypted_packets", 5},
                                {"rx12_tls_decrypted_packets", 6},
                                {"tx_tls_encrypted_packets[0]", 1},
                                {"tx_tls_encrypted_packets[31]", 2}}),
              ElementsAre(Pair("rx_tls_decrypted_packets", 11), Pair("tx_tls_encrypted_packets", 3),
                          Pair("tx_tls_ooo", 10)));
}

TEST(DriverCounters, NamesThatOnlyLookLikeAQueueAreKept) {
  EXPECT_THAT(offload_counters({{"hw_tls_no_space", 1},
                                {"ptp_tx0_tls", 2},
                                {"tls_err]", 3},
                                {"tls_err[]", 4},
                                {"tls_err[x]", 5}}),
              ElementsAre(Pair("hw_tls_no_space", 1), Pair("ptp_tx0_tls", 2), Pair("tls_err[]", 4),
                          Pair("tls_err[x]", 5), Pair("tls_err]", 3)));
}

TEST(DriverCounters, MembersOfABondAreSummed) {
  DriverCounters sum{{"tx_tls_ctx", 1}};
  add_counters(sum, {{"tx_tls_ctx", 2}, {"rx_tls_ctx", 5}});
  EXPECT_THAT(sum, ElementsAre(Pair("rx_tls_ctx", 5), Pair("tx_tls_ctx", 3)));
}

TEST(DriverCounters, UnchangedCountersAreKeptAsZero) {
  EXPECT_THAT(counter_delta({{"a", 5}, {"gone", 1}}, {{"a", 5}, {"b", 7}, {"c", 0}}),
              ElementsAre(Pair("a", 0), Pair("b", 7), Pair("c", 0)));
  EXPECT_THAT(counter_delta({{"a", 9}}, {{"a", 2}}), ElementsAre(Pair("a", -7)))
      << "the driver was reloaded";
}

TEST(DriverCounters, TheDriverTableDefinesTheMeaning) {
  const DriverDelta delta{
      {"tx_tls_encrypted_packets", 3}, {"rx_tls_decrypted_bytes", 0}, {"tx_tls_unheard_of", 9}};
  EXPECT_EQ(moved(delta, TlsDirection::Tx, Kind::Packets), 3);
  EXPECT_EQ(moved(delta, TlsDirection::Rx, Kind::Bytes), 0);
  EXPECT_EQ(moved(delta, TlsDirection::Rx, Kind::Packets), std::nullopt);
}

TEST(DriverCounters, ErrorCountersAreNamed) {
  EXPECT_EQ(trouble_counted({{"tx_tls_drop_bypass_req", 1},
                             {"rx_tls_err", 2},
                             {"tx_tls_ooo", 3},
                             {"tx_tls_drop_no_sync_data", 0}}),
            "rx_tls_err +2, tx_tls_drop_bypass_req +1");
  EXPECT_EQ(trouble_counted({{"tx_tls_ooo", 3}}), "");
}

}  // namespace
}  // namespace tuner
