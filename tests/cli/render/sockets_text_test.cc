#include "cli/render/sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace tuner {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TlsSocket socket(std::uint16_t tx, std::uint16_t rx, std::uint64_t sent = 2048) {
  TlsSocket made;
  made.socket.ends = {.family = AF_INET,
                      .local_port = htons(443),
                      .peer_port = htons(50000),
                      .local_address = {htonl(0xC0000201)},
                      .peer_address = {htonl(0xC6336407)}};
  made.socket.state = 1;
  made.socket.bytes_sent = sent;
  made.socket.cookie = 0xabc;
  made.socket.ulp.name = "tls";
  if (tx > 0) {
    made.socket.ulp.version = 0x0304;
    made.socket.ulp.cipher = 52;
  }
  made.socket.ulp.txconf = tx;
  made.socket.ulp.rxconf = rx;
  made.holder.holder = SocketHolder::Process;
  made.process = 0;
  made.service = "nginx.service";
  made.nic_lookup = NicLookup::Found;
  made.nic = "eth0";
  return made;
}

TlsSockets sockets(std::vector<TlsSocket> list) {
  TlsSockets all;
  all.spaces.push_back({.name = "net:[1]", .own = true, .tcp_sockets = 7, .error = {}});
  all.sockets.assign(list.begin(), list.end());
  all.processes.push_back({.pid = 812, .name = "nginx", .control_group = {}});
  return all;
}

std::string text(const TlsSockets& all, SocketsBy by = SocketsBy::Socket) {
  return sockets_text(all, by, {});
}

TEST(SocketsText, ARowHasProcessCipherPlacesNicBytesAndPeer) {
  EXPECT_THAT(text(sockets({socket(2, 1)})),
              AllOf(HasSubstr("nginx.service: nginx (812)"), HasSubstr("TLSv1.3 AES-256-GCM"),
                    HasSubstr("kernel"), HasSubstr("none"), HasSubstr("eth0"), HasSubstr("2.0 KiB"),
                    HasSubstr("192.0.2.1:443"), HasSubstr("198.51.100.7:50000"),
                    HasSubstr("1 of 7 TCP connections has keys in the kernel")));
}

TEST(SocketsText, WithoutKeysItIsNotCalledKernelTls) {
  EXPECT_THAT(text(sockets({socket(0, 0), socket(1, 1)})),
              AllOf(HasSubstr("no keys"), HasSubstr("0 of 7"), HasSubstr("2 have no keys")));
}

TEST(SocketsText, NoneIsSaidOnlyWithTheNumberThatWasLookedAt) {
  EXPECT_EQ(text(sockets({})), "none of 7 TCP connections has the kernel's TLS\n");
}

TEST(SocketsText, ConnectionsWhoseTlsIsHiddenAreNotCounted) {
  TlsSockets all = sockets({});
  all.spaces.push_back({.name = "net:[2]", .tcp_sockets = 5, .sees_tls = false, .error = {}});
  EXPECT_EQ(text(all), "none of 7 TCP connections has the kernel's TLS\n");
}

TEST(SocketsText, BytesThatAreNotReportedAreNotZero) {
  TlsSocket one = socket(2, 2);
  one.socket.bytes_sent.reset();
  EXPECT_THAT(text(sockets({one})), Not(HasSubstr(" 0 B")));
}

TEST(SocketsText, HoldersThatAreNoProcessHaveWords) {
  const auto shown = [](SocketHolder holder, std::string_view service = {}) {
    TlsSocket one = socket(2, 2);
    one.process.reset();
    one.service.clear();
    one.holder = {.holder = holder, .kernel_service = service};
    return text(sockets({one}));
  };
  EXPECT_THAT(shown(SocketHolder::Kernel, "NFS"), HasSubstr("kernel: NFS, by its port"));
  EXPECT_THAT(shown(SocketHolder::NoProcess), HasSubstr("no process"));
  EXPECT_THAT(shown(SocketHolder::Closed), HasSubstr("closed by its process"));
  EXPECT_THAT(shown(SocketHolder::NotAccepted), HasSubstr("not accepted yet"));
  EXPECT_THAT(shown(SocketHolder::Unknown), HasSubstr("unknown"));
}

TEST(SocketsText, NicsThatAreNotKnownHaveWords) {
  const auto nic = [](NicLookup lookup) {
    TlsSocket one = socket(2, 2);
    one.nic_lookup = lookup;
    one.nic.clear();
    return text(sockets({one}));
  };
  EXPECT_THAT(nic(NicLookup::NoRoute), HasSubstr("no route"));
  EXPECT_THAT(nic(NicLookup::Unreadable), HasSubstr("unreadable"));
  EXPECT_THAT(nic(NicLookup::NotLookedAt), HasSubstr("not looked at"));
}

TEST(SocketsText, TheReasonStandsBelowARowWithItsConfidence) {
  TlsSocket one = socket(0, 0);
  one.socket.ulp = {};
  one.absence = TlsAbsence{.because = "it has a BIO of its own", .confidence = Confidence::Likely};
  TlsSockets all = sockets({one});
  all.tls.emplace_back().program =
      Program{.name = "curl", .libraries = {{.version = "OpenSSL 3.0.19"}}};
  EXPECT_THAT(text(all), AllOf(HasSubstr("not in the kernel"),
                               HasSubstr("OpenSSL 3.0.19: it has a BIO of its own (likely)"),
                               HasSubstr("none of 7"), HasSubstr("1 more of programs")));
}

TEST(SocketsText, LimitsAreSaid) {
  TlsSockets all = sockets({socket(2, 2)});
  all.unreadable_processes = 3;
  all.processes_not_looked_at = 4;
  all.all_processes_visible = false;
  all.unreadable_spaces = 5;
  all.spaces_not_looked_at = 6;
  all.spaces[0].changed = true;
  all.tls.emplace_back().error = Error{.fault = Fault::NotPermitted, .text = "no", .hint = {}};
  EXPECT_THAT(text(all),
              AllOf(HasSubstr("could not be read: 3; CAP_SYS_PTRACE"),
                    HasSubstr("processes not looked at: 4"), HasSubstr("this PID namespace"),
                    HasSubstr("network namespace could not be read: 5"),
                    HasSubstr("network namespaces not looked at: 6"),
                    HasSubstr("changed while they were read"),
                    HasSubstr("mapped files could not be read: 1")));
}

TEST(SocketsText, ANameCannotControlTheTerminal) {
  TlsSockets all = sockets({socket(2, 2)});
  all.processes[0].name = "a\x1b[31m\nb";
  EXPECT_THAT(text(all), AllOf(Not(HasSubstr("\x1b")), HasSubstr("a\\x1b[31m\\x0ab")));
}

TEST(SocketsCoverage, CountsByServiceProcessAndNic) {
  TlsSocket other = socket(3, 3, 100);
  other.service.clear();
  other.nic = "eth1";
  const TlsSockets all = sockets({socket(2, 1), socket(0, 0), other});
  const auto by_service = sockets_coverage(all, SocketsBy::Service);
  ASSERT_EQ(by_service.size(), 2U);
  EXPECT_EQ(by_service[0], (TlsCoverage{.name = "nginx.service",
                                        .sessions = 2,
                                        .eligible_sessions = 2,
                                        .covered_sessions = 1,
                                        .device_sessions = 0,
                                        .bytes = 4096,
                                        .eligible_bytes = 4096,
                                        .covered_bytes = 2048,
                                        .device_bytes = 0}));
  EXPECT_EQ(by_service[1].name, "nginx (812)") << "without a service it counts by its process";
  EXPECT_EQ(sockets_coverage(all, SocketsBy::Process).size(), 1U);
  EXPECT_EQ(sockets_coverage(all, SocketsBy::Nic)[1].name, "eth1");
  EXPECT_THAT(text(all, SocketsBy::Service),
              AllOf(HasSubstr("1, 50 %"), HasSubstr("nginx.service")));
}

// A program in Go, as one that uses libssl through memory.
Program go_program() {
  return {.name = "caddy",
          .service = {},
          .executable = {},
          .pids = {},
          .libraries = {{.kind = TlsLibrary::Go, .path = {}, .version = {}}},
          .config = {},
          .openssl = {},
          .doubts = {}};
}

TEST(SocketsCoverage, WhatAProgramCannotHandToTheKernelIsNotEligible) {
  TlsSocket plain = socket(0, 0, 100);
  plain.socket.ulp = {};
  plain.service = "caddy.service";
  TlsSockets all = sockets({plain, socket(2, 2)});
  EXPECT_EQ(sockets_coverage(all, SocketsBy::Service)[0].eligible_sessions, 1U)
      << "without a look at programs none is known to be unable";
  all.tls.emplace_back().program = go_program();
  const auto rows = sockets_coverage(all, SocketsBy::Service);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].name, "caddy.service");
  EXPECT_EQ(rows[0].eligible_sessions, 0U);
  EXPECT_EQ(rows[0].eligible_bytes, 0U);
  EXPECT_EQ(rows[1].eligible_sessions, 1U) << "the kernel's TLS is attached, whatever is known";
  EXPECT_THAT(text(all, SocketsBy::Service), HasSubstr("eligible"));
  EXPECT_EQ(sockets_document(all, SocketsBy::Service).coverage[0].eligible_sessions, 0U);
}

TEST(SocketsDocument, CountsProgramsThatCouldNotBeLookedAt) {
  TlsSockets all = sockets({socket(2, 2)});
  all.tls.emplace_back().error = Error{.fault = Fault::NotPermitted, .text = "no", .hint = {}};
  EXPECT_EQ(sockets_document(all, SocketsBy::Socket).not_looked_at.unreadable_programs, 1U);
}

TEST(SocketsDocument, HasSocketsOrCoverage) {
  const TlsSockets all = sockets({socket(2, 0)});
  const auto each = sockets_document(all, SocketsBy::Socket);
  ASSERT_EQ(each.sockets.size(), 1U);
  EXPECT_TRUE(each.coverage.empty());
  EXPECT_EQ(each.sockets[0].cookie, "abc");
  EXPECT_EQ(each.sockets[0].state, "established");
  EXPECT_TRUE(each.sockets[0].keys);
  EXPECT_EQ(each.sockets[0].bytes_received, std::nullopt);
  const auto grouped = sockets_document(all, SocketsBy::Nic);
  EXPECT_TRUE(grouped.sockets.empty());
  EXPECT_EQ(grouped.coverage.size(), 1U);
}

}  // namespace
}  // namespace tuner
