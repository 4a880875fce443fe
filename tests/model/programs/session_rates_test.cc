#include "model/programs/session_rates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ScannedSession session(std::uint64_t cookie, std::uint64_t sent, std::uint64_t received) {
  return {.cookie = cookie,
          .tx = TlsPlace::Kernel,
          .rx = TlsPlace::Kernel,
          .sent = sent,
          .received = received};
}

TEST(SessionKeeper, TheFirstScanSaysNothingOfWhatMoves) {
  SessionKeeper keeper;
  const auto moved = keeper.next(std::vector{session(1, 900, 5)}, true, milliseconds(0));
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].sent, std::nullopt);
  EXPECT_EQ(keeper.elapsed(), std::nullopt);
}

TEST(SessionKeeper, BytesByCookie) {
  SessionKeeper keeper;
  static_cast<void>(
      keeper.next(std::vector{session(1, 900, 5), session(2, 1, 1)}, true, milliseconds(0)));
  // 2 has ended, 3 is new, and they come in another order.
  const auto moved =
      keeper.next(std::vector{session(3, 40, 2), session(1, 1000, 5)}, true, milliseconds(2000));
  EXPECT_EQ(moved[0].sent, 40U) << "it is new since a complete scan: all its bytes moved since";
  EXPECT_EQ(moved[1].sent, 100U);
  EXPECT_EQ(moved[1].received, 0U);
  EXPECT_EQ(keeper.elapsed(), milliseconds(2000));
}

TEST(SessionKeeper, AfterAnIncompleteScanANewSessionMayBeOld) {
  SessionKeeper keeper;
  static_cast<void>(keeper.next({}, /*complete=*/false, milliseconds(0)));
  const auto moved = keeper.next(std::vector{session(3, 1U << 30U, 2)}, true, milliseconds(2000));
  EXPECT_EQ(moved[0].sent, std::nullopt) << "a gigabyte of yesterday is no rate";
}

TEST(SessionKeeper, BytesThatAreNotReportedOrFallAreNotKnown) {
  SessionKeeper keeper;
  ScannedSession quiet = session(1, 0, 9);
  quiet.sent.reset();
  static_cast<void>(keeper.next(std::vector{quiet, session(2, 10, 9)}, true, milliseconds(0)));
  const auto moved =
      keeper.next(std::vector{session(1, 7, 9), session(2, 3, 9)}, true, milliseconds(1));
  EXPECT_EQ(moved[0].sent, std::nullopt);
  EXPECT_EQ(moved[1].sent, std::nullopt);
  EXPECT_EQ(moved[1].received, 0U);
}

TEST(PathsMoved, EachDirectionAtItsPlace) {
  std::vector<ScannedSession> sessions{session(1, 0, 0), session(2, 0, 0)};
  sessions[1].tx = TlsPlace::Device;
  sessions[1].rx = TlsPlace::None;
  const auto rows = paths_moved(sessions, std::vector<SessionMoved>{{100, 1}, {50, std::nullopt}});
  ASSERT_EQ(rows.size(), 4U);
  const auto is = [&](std::size_t i, SessionDirection direction, TlsPlace place,
                      std::optional<std::uint64_t> bytes) {
    return rows[i].direction == direction && rows[i].place == place && rows[i].sessions == 1 &&
           rows[i].bytes == bytes;
  };
  EXPECT_TRUE(is(0, SessionDirection::Tx, TlsPlace::Kernel, 100));
  EXPECT_TRUE(is(1, SessionDirection::Tx, TlsPlace::Device, 50));
  EXPECT_TRUE(is(2, SessionDirection::Rx, TlsPlace::None, std::nullopt)) << "not known is not 0";
  EXPECT_TRUE(is(3, SessionDirection::Rx, TlsPlace::Kernel, 1));
}

TEST(DeviceShare, IsOfWhatTheKernelOrTheNicProcesses) {
  EXPECT_EQ(device_share(30, 10), 0.25);
  EXPECT_EQ(device_share(0, 10), 1.0);
  EXPECT_EQ(device_share(10, 0), 0.0);
  EXPECT_EQ(device_share(0, 0), std::nullopt) << "nothing moved: no share, and not 0";
  EXPECT_EQ(device_share(std::nullopt, 1), std::nullopt);
}

TEST(Busiest, MostBytesFirstWithoutIdleAndUnknownOnes) {
  const std::vector<SessionMoved> moved{{1, 1}, {}, {0, 0}, {std::nullopt, 9}, {5, 0}, {2, 0}};
  EXPECT_THAT(busiest(moved, 3), ElementsAre(3, 4, 0)) << "of equal ones the first";
  EXPECT_THAT(busiest(moved, 0), IsEmpty());
  EXPECT_THAT(busiest({}, 3), IsEmpty());
}

}  // namespace
}  // namespace tuner
