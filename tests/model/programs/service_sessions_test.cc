#include "model/programs/service_sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TlsShare kNone{.name = "a", .sent = 5, .received = 7};
constexpr TlsShare kCannot{.name = "a", .sent = 1, .eligible = false};
constexpr TlsShare kSends{.name = "a", .tx = TlsPlace::Kernel, .sent = 100, .received = 9};
constexpr TlsShare kOffloaded{
    .name = "a", .tx = TlsPlace::Device, .rx = TlsPlace::Kernel, .sent = 1000, .received = 2};

TEST(SessionPath, IsThatOfTheBestDirection) {
  EXPECT_EQ(session_path(kNone), SessionPath::None);
  EXPECT_EQ(session_path(kCannot), SessionPath::Cannot);
  EXPECT_EQ(session_path(kSends), SessionPath::Kernel);
  EXPECT_EQ(session_path(kOffloaded), SessionPath::Device);
  EXPECT_EQ(session_path({.tx = TlsPlace::Unknown}), SessionPath::Unknown)
      << "neither none nor kernel";
  EXPECT_EQ(session_path({.tx = TlsPlace::Unknown, .rx = TlsPlace::Kernel}), SessionPath::Kernel);
  EXPECT_EQ(session_path({.tx = TlsPlace::Kernel, .eligible = false}), SessionPath::Kernel)
      << "what the kernel says counts more than what is known of the program";
}

TEST(ServiceSessions, CountsSessionsByPathAndBytesByDirection) {
  const auto rows = service_sessions(std::vector{kNone, kCannot, kSends, kOffloaded}, 9);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].service, "a");
  EXPECT_EQ(rows[0].of(SessionPath::None), (PathCount{.sessions = 1, .bytes = 21}));
  EXPECT_EQ(rows[0].of(SessionPath::Cannot), (PathCount{.sessions = 1, .bytes = 1}));
  EXPECT_EQ(rows[0].of(SessionPath::Kernel), (PathCount{.sessions = 1, .bytes = 102}));
  EXPECT_EQ(rows[0].of(SessionPath::Device), (PathCount{.sessions = 1, .bytes = 1000}));
  EXPECT_EQ(rows[0].of(SessionPath::Unknown), PathCount{});
  EXPECT_EQ(rows[0].sessions(), 4U);
  EXPECT_TRUE(rows[0].bytes_reported);
}

TEST(ServiceSessions, OneSessionWithoutBytesMakesThoseOfItsServiceUnknown) {
  TlsShare silent = kSends;
  silent.bytes_reported = false;
  const auto rows =
      service_sessions(std::vector{kNone, silent, TlsShare{.name = "b", .sent = 3}}, 9);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].bytes_reported);
  EXPECT_TRUE(rows[1].bytes_reported);
}

TEST(ServiceSessions, ThoseWithMostSessionsHaveARowAndTheRestHasOne) {
  const std::vector<TlsShare> sessions = {
      {.name = "x"},
      {.name = "x"},
      {.name = "a", .sent = 1},
      {.name = "m"},
      {.name = "m"},
      {.name = "b", .tx = TlsPlace::Kernel, .sent = 4, .bytes_reported = false}};
  const auto rows = service_sessions(sessions, 2);
  std::vector<std::string> names;
  for (const ServiceSessions& row : rows) names.push_back(row.service);
  EXPECT_THAT(names, ElementsAre("m", "x", "other"));
  EXPECT_EQ(rows[2].of(SessionPath::None), (PathCount{.sessions = 1, .bytes = 1}));
  EXPECT_EQ(rows[2].of(SessionPath::Kernel), (PathCount{.sessions = 1, .bytes = 4}));
  EXPECT_FALSE(rows[2].bytes_reported);
  EXPECT_THAT(service_sessions({}, 2), IsEmpty());
}

}  // namespace
}  // namespace tuner
