#include "bench/tcp_counters.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(TcpCounters, RetransmissionsAreReadByTheirName) {
  EXPECT_EQ(retransmissions("Ip: Forwarding RetransSegs\nIp: 1 99\n"
                            "Tcp: RtoMin OutSegs RetransSegs InErrs\nTcp: 200 1000 17 0\n"),
            17);
}

TEST(TcpCounters, AnAbsentOrCutCounterIsNotZero) {
  EXPECT_EQ(retransmissions("").error().fault, Fault::NotFound);
  EXPECT_EQ(retransmissions("Tcp: RtoMin RetransSegs\nTcp: 200\n").error().fault, Fault::NotFound);
  EXPECT_EQ(retransmissions("Tcp: RtoMin OutSegs\nTcp: 200 1\n").error().fault, Fault::NotFound);
  EXPECT_EQ(retransmissions("Tcp: RetransSegs\nTcp: many\n").error().fault, Fault::Invalid);
}

}  // namespace
}  // namespace tuner
