#include "model/programs/tls_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint16_t kHttps = 443;

TEST(TlsPlace, IsThatOfTheKernelsNumber) {
  EXPECT_EQ(tls_place(0), TlsPlace::None) << "no keys";
  EXPECT_EQ(tls_place(1), TlsPlace::None);
  EXPECT_EQ(tls_place(2), TlsPlace::Kernel);
  EXPECT_EQ(tls_place(3), TlsPlace::Device);
  EXPECT_EQ(tls_place(4), TlsPlace::Device);
  EXPECT_EQ(tls_place(5), TlsPlace::Unknown) << "of a later kernel: neither none nor kernel";
}

TEST(SocketHolder, AProcessIsTheHolderWhateverElseIsKnown) {
  EXPECT_EQ(socket_holder({.process = true, .complete = false, .peer_port = 2049}).holder,
            SocketHolder::Process);
}

TEST(SocketHolder, WithoutAFileItIsClosedOrNotAccepted) {
  EXPECT_EQ(socket_holder({.has_file = false, .closing = true}).holder, SocketHolder::Closed);
  EXPECT_EQ(socket_holder({.has_file = false}).holder, SocketHolder::NotAccepted);
}

TEST(SocketHolder, IsUnknownIfNotAllProcessesWereLookedAt) {
  EXPECT_EQ(socket_holder({.complete = false, .peer_port = 2049}).holder, SocketHolder::Unknown);
}

TEST(SocketHolder, ServicesOfTheKernelAreKnownByTheirPorts) {
  EXPECT_EQ(socket_holder({.peer_port = 2049}).kernel_service, "NFS");
  EXPECT_EQ(socket_holder({.local_port = 2049}).kernel_service, "NFS");
  EXPECT_EQ(socket_holder({.peer_port = 4420}).kernel_service, "NVMe/TCP");
  EXPECT_EQ(socket_holder({.peer_port = 8009}).holder, SocketHolder::Kernel);
  EXPECT_EQ(socket_holder({.peer_port = kHttps}).holder, SocketHolder::NoProcess);
  EXPECT_EQ(socket_holder({.uid = 1000, .peer_port = 2049}).holder, SocketHolder::NoProcess)
      << "a user's program may use the port, too";
}

TEST(TlsCoverage, CountsSessionsAndBytesByDirection) {
  const std::vector<TlsShare> sessions = {
      {.name = "a", .tx = TlsPlace::Kernel, .rx = TlsPlace::None, .sent = 100, .received = 7},
      {.name = "a", .sent = 50, .received = 50},
      {.name = "a", .tx = TlsPlace::Device, .rx = TlsPlace::Kernel, .sent = 10, .received = 3},
      {.name = "b", .tx = TlsPlace::Unknown, .rx = TlsPlace::Unknown, .sent = 1, .received = 1}};
  EXPECT_THAT(tls_coverage(sessions), ElementsAre(TlsCoverage{.name = "a",
                                                              .sessions = 3,
                                                              .eligible_sessions = 3,
                                                              .covered_sessions = 2,
                                                              .device_sessions = 1,
                                                              .bytes = 220,
                                                              .eligible_bytes = 220,
                                                              .covered_bytes = 113,
                                                              .device_bytes = 10},
                                                  TlsCoverage{.name = "b",
                                                              .sessions = 1,
                                                              .eligible_sessions = 1,
                                                              .covered_sessions = 0,
                                                              .device_sessions = 0,
                                                              .bytes = 2,
                                                              .eligible_bytes = 2,
                                                              .covered_bytes = 0,
                                                              .device_bytes = 0}));
}

TEST(TlsCoverage, ASessionOfAProgramThatCannotIsNotEligibleUnlessItIsCovered) {
  const std::vector<TlsShare> sessions = {
      {.name = "a", .sent = 5, .eligible = false},
      {.name = "a", .tx = TlsPlace::Kernel, .sent = 7, .received = 1, .eligible = false}};
  const auto rows = tls_coverage(sessions);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].sessions, 2U);
  EXPECT_EQ(rows[0].eligible_sessions, 1U);
  EXPECT_EQ(rows[0].bytes, 13U);
  EXPECT_EQ(rows[0].eligible_bytes, 8U);
}

TEST(TlsCoverage, TheGroupWithMostSessionsIsFirstThenByName) {
  const std::vector<TlsShare> sessions = {
      {.name = "c"}, {.name = "b"}, {.name = "z"}, {.name = "z"}};
  std::vector<std::string> names;
  for (const TlsCoverage& row : tls_coverage(sessions)) names.push_back(row.name);
  EXPECT_THAT(names, ElementsAre("z", "b", "c"));
  EXPECT_THAT(tls_coverage({}), IsEmpty());
}

}  // namespace
}  // namespace tuner
