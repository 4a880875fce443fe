// The sessions of the job, of what the collector found. Its look at a machine is in tests/cases and
// in the lab.
#include "cli/steps/job_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TlsSocket socket(std::uint16_t tx, std::string service = "nginx.service") {
  TlsSocket made;
  made.socket.ulp.name = tx > 0 ? "tls" : "";
  made.socket.ulp.txconf = tx;
  made.socket.bytes_sent = 100;
  made.socket.bytes_received = 10;
  made.holder.holder = SocketHolder::Process;
  made.process = 0;
  made.service = std::move(service);
  return made;
}

TlsSockets sockets(std::vector<TlsSocket> list) {
  TlsSockets all;
  all.spaces.push_back({.name = "net:[1]", .own = true, .tcp_sockets = 7, .error = {}});
  all.sockets.assign(list.begin(), list.end());
  all.processes.push_back({.pid = 812, .name = "nginx", .control_group = {}});
  return all;
}

std::vector<std::string> services(const TlsSockets& all) {
  std::vector<std::string> names;
  for (const ServiceSessions& row : session_scan(all).services) names.push_back(row.service);
  return names;
}

TEST(SessionScanOfJob, CountsByService) {
  const SessionScan scan = session_scan(sockets({socket(2), socket(2), socket(3), socket(0)}));
  EXPECT_TRUE(scan.complete());
  ASSERT_EQ(scan.services.size(), 1U);
  EXPECT_EQ(scan.services[0].of(SessionPath::Kernel).sessions, 2U);
  EXPECT_EQ(scan.services[0].of(SessionPath::Kernel).bytes, 200U);
  EXPECT_EQ(scan.services[0].of(SessionPath::Device).sessions, 1U);
  EXPECT_EQ(scan.services[0].of(SessionPath::None).sessions, 1U);
  EXPECT_EQ(scan.services[0].of(SessionPath::None).bytes, 140U);
}

TEST(SessionScanOfJob, NamesHaveNoNumberOfOneStart) {
  TlsSocket kernel = socket(2, "");
  kernel.process.reset();
  kernel.holder = {.holder = SocketHolder::Kernel, .kernel_service = "NFS"};
  TlsSocket closed = socket(2, "");
  closed.process.reset();
  closed.holder.holder = SocketHolder::Closed;
  EXPECT_THAT(services(sockets({socket(2, "session-3.scope"), socket(2, "session-4.scope"),
                                socket(2, ""), kernel, closed})),
              ElementsAre("kernel: NFS", "nginx", "session-*.scope", "unknown"));
}

TEST(SessionScanOfJob, ADumpThatFailedIsNotAnEmptyOne) {
  const Error error{.fault = Fault::Io, .text = "list TCP sockets: no", .hint = {}};
  EXPECT_EQ(session_scan(Result<TlsSockets>(fail(error))).unseen, error.text);
  TlsSockets broken = sockets({socket(2)});
  broken.spaces[0].error = error;
  EXPECT_EQ(session_scan(broken).unseen, error.text);
  EXPECT_THAT(session_scan(broken).services, IsEmpty());
}

TEST(SessionScanOfJob, AKernelThatHidesTlsIsToldAsSuch) {
  TlsSockets hidden = sockets({});
  hidden.spaces[0].sees_tls = false;
  EXPECT_THAT(session_scan(hidden).unseen.value_or(""), HasSubstr("cannot see which of 7"));
}

TEST(SessionScanOfJob, EachLimitMakesSessionsOutsideTheKernelUnknown) {
  const auto knows = [](auto limit) {
    TlsSockets all = sockets({socket(2)});
    limit(all);
    const SessionScan scan = session_scan(all);
    EXPECT_TRUE(scan.knows(SessionPath::Kernel));
    return scan.knows(SessionPath::None);
  };
  const Error error{.fault = Fault::NotPermitted, .text = "no", .hint = {}};
  EXPECT_TRUE(knows([](TlsSockets&) {}));
  EXPECT_TRUE(knows([](TlsSockets& all) { all.spaces[0].changed = true; }));
  EXPECT_FALSE(knows([](TlsSockets& all) { all.unreadable_processes = 1; }));
  EXPECT_FALSE(knows([](TlsSockets& all) { all.processes_not_looked_at = 1; }));
  EXPECT_FALSE(knows([](TlsSockets& all) { all.all_processes_visible = false; }));
  EXPECT_FALSE(knows([&](TlsSockets& all) { all.errors.push_back(error); }));
  EXPECT_FALSE(knows([&](TlsSockets& all) { all.tls.emplace_back().error = error; }));
}

}  // namespace
}  // namespace tuner
