#include "cli/render/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TlsSocket socket(std::uint64_t cookie, std::uint16_t conf, std::uint64_t sent,
                 std::string service) {
  TlsSocket made;
  made.socket.ends = {.family = AF_INET,
                      .local_port = htons(443),
                      .peer_port = htons(static_cast<std::uint16_t>(50000 + cookie)),
                      .local_address = {htonl(0xC0000201)},
                      .peer_address = {htonl(0xC6336407)}};
  made.socket.cookie = cookie;
  made.socket.bytes_sent = sent;
  made.socket.bytes_received = 0;
  made.socket.ulp.name = "tls";
  made.socket.ulp.txconf = conf;
  made.socket.ulp.rxconf = conf;
  made.holder.holder = SocketHolder::Process;
  made.process = 0;
  made.service = std::move(service);
  return made;
}

constexpr std::uint16_t kSoftware = 2, kHardware = 3;

TlsSockets sockets(std::vector<TlsSocket> list) {
  TlsSockets all;
  all.spaces.push_back({.name = "net:[1]", .own = true, .tcp_sockets = 7, .error = {}});
  all.sockets.assign(list.begin(), list.end());
  all.processes.push_back({.pid = 812, .name = "nginx", .control_group = {}});
  return all;
}

SocketsPart two_scans() {
  SessionKeeper keeper;
  static_cast<void>(sockets_part(sockets({socket(1, kSoftware, 1000, "nginx.service"),
                                          socket(2, kHardware, 1000, "nginx.service")}),
                                 keeper, milliseconds(0)));
  return sockets_part(sockets({socket(1, kSoftware, 3048, "nginx.service"),
                               socket(2, kHardware, 7144, "nginx.service"),
                               socket(3, kSoftware, 0, "haproxy.service")}),
                      keeper, milliseconds(2000));
}

WatchReport report_of(std::map<std::string, std::uint64_t> before,
                      std::map<std::string, std::uint64_t> now) {
  RateKeeper keeper(kernel_counter_kind);
  static_cast<void>(keeper.next({.counters = std::move(before)}));
  WatchReport report;
  report.at = milliseconds(2000);
  report.interval = milliseconds(2000);
  report.kernel = keeper.next({.counters = std::move(now), .at = milliseconds(2000)});
  return report;
}

TEST(SocketsPart, RatesByPathServiceAndSocket) {
  const SocketsPart part = two_scans();
  EXPECT_TRUE(part.seen);
  EXPECT_EQ(part.elapsed, milliseconds(2000));
  ASSERT_THAT(part.services, SizeIs(2));
  EXPECT_EQ(part.services[0].coverage.name, "nginx.service");
  EXPECT_EQ(part.services[0].coverage.device_sessions, 1U);
  EXPECT_EQ(part.services[0].sent, 2048U + 6144U);
  EXPECT_EQ(part.services[1].sent, 0U);
  ASSERT_THAT(part.busiest, SizeIs(2)) << "an idle one is not among them";
  EXPECT_EQ(part.busiest[0].tx, TlsPlace::Device);
  EXPECT_EQ(part.busiest[0].owner, "nginx.service: nginx (812)");
  EXPECT_EQ(bytes_per_second(part, part.busiest[0].moved.sent), 3072.0);
}

TEST(SocketsPart, WhatTheKernelHidesIsNotNone) {
  TlsSockets all = sockets({});
  all.spaces[0].sees_tls = false;
  SessionKeeper keeper;
  const SocketsPart part = sockets_part(all, keeper, milliseconds(0));
  EXPECT_FALSE(part.seen);
  ASSERT_THAT(part.errors, SizeIs(1));
  EXPECT_EQ(part.errors[0].fault, Fault::NotPermitted);
  WatchReport report = report_of({}, {});
  report.sockets = part;
  EXPECT_THAT(watch_text(report, {}),
              AllOf(HasSubstr("cannot see which"), Not(HasSubstr("no TCP connection has"))));
  EXPECT_EQ(offloaded_share(report, SessionDirection::Tx).bytes, std::nullopt);
}

TEST(WatchText, RatesGaugesAndShares) {
  WatchReport report = report_of({{"TlsTxSw", 4}, {"TlsCurrTxSw", 3}, {"TlsCurrTxDevice", 1}},
                                 {{"TlsTxSw", 9}, {"TlsCurrTxSw", 3}, {"TlsCurrTxDevice", 1}});
  report.sockets = two_scans();
  const std::string text = watch_text(report, {});
  EXPECT_THAT(text, HasSubstr("offloaded to NICs, tx: 25 % of sessions, 75 % of bytes"));
  EXPECT_THAT(text, HasSubstr("offloaded to NICs, rx: - of sessions, - of bytes"))
      << "nothing was received: no share";
  EXPECT_THAT(text, ::testing::ContainsRegex("TlsTxSw +2.5/s +9"));
  EXPECT_THAT(text, ::testing::ContainsRegex("TlsCurrTxSw +now +3"));
  EXPECT_THAT(text, HasSubstr("3.0 KiB/s"));
  EXPECT_THAT(text, HasSubstr("haproxy.service"));
}

TEST(WatchText, WhatIsNoRateIsSaid) {
  const WatchReport report = report_of({{"TlsTxSw", 4}, {"TlsRxSw", 3}, {"TlsDecryptError", 1}},
                                       {{"TlsTxSw", 1}, {"TlsRxSw", 3}});
  const std::string text = watch_text(report, {});
  EXPECT_THAT(text, ::testing::ContainsRegex("TlsTxSw +went backwards"));
  EXPECT_THAT(text, ::testing::ContainsRegex("TlsRxSw +was reset"));
  EXPECT_THAT(text, ::testing::ContainsRegex("TlsDecryptError +vanished +-"));
  EXPECT_THAT(text, Not(HasSubstr("0/s")));
}

TEST(WatchText, ASourceThatCannotBeReadHasAReasonAndNoRows) {
  WatchReport report;
  report.kernel = {.state = SourceState::Unreadable,
                   .because = "read /proc/net/tls_stat: Permission denied",
                   .elapsed = {},
                   .counters = {}};
  EXPECT_THAT(watch_text(report, {}),
              AllOf(HasSubstr("unreadable: read /proc/net/tls_stat: Permission denied"),
                    Not(HasSubstr("/s"))));
}

TEST(WatchDocument, RatesAreNullWhereTheyAreNotKnown) {
  const WatchReport report = report_of({{"TlsTxSw", 4}, {"TlsRxSw", 3}}, {{"TlsTxSw", 5}});
  const document::Watch body = watch_document(report);
  EXPECT_EQ(body.sessions.has_value(), false) << "not scanned is no empty list";
  ASSERT_THAT(body.kernel.counters, SizeIs(2));
  EXPECT_EQ(body.kernel.counters[0].name, "TlsRxSw");
  EXPECT_EQ(body.kernel.counters[0].state, "vanished");
  EXPECT_EQ(body.kernel.counters[0].per_second, std::nullopt);
  EXPECT_EQ(body.kernel.counters[1].moved, 1U);
  EXPECT_EQ(body.kernel.counters[1].per_second, 0.5);
  EXPECT_EQ(body.kernel.elapsed_ms, 2000);
}

TEST(WatchDocument, SessionsByPathServiceAndSocket) {
  WatchReport report = report_of({}, {});
  report.at = milliseconds(5000);
  report.sockets = two_scans();
  const document::Watch body = watch_document(report);
  ASSERT_TRUE(body.sessions);
  EXPECT_EQ(body.sessions->age_ms, 3000);
  EXPECT_EQ(body.sessions->services.at(0).sent_per_second, 4096.0);
  EXPECT_EQ(body.sessions->paths.at(0).place, "kernel");
  EXPECT_EQ(body.offloaded.at(0).bytes, 0.75);
  EXPECT_EQ(body.offloaded.at(1).bytes, std::nullopt);
}

}  // namespace
}  // namespace tuner
