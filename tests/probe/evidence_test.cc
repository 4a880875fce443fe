#include "probe/evidence.h"

#include "probe/ulp_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using testing::kBase;
using testing::kHw;
using testing::kSw;
using testing::tls;

EndEvidence in_kernel() {
  return {.ktls_send = true, .ktls_recv = true, .diagnostics = tls(kSw, kSw)};
}

// Both directions of both ends are in the kernel, and all sources agree.
Evidence agreed() {
  return {.server = in_kernel(),
          .client = in_kernel(),
          .counters = TlsStatDelta{{"TlsTxSw", 2}, {"TlsRxSw", 2}},
          .own_namespace = true};
}

Evidence with(const std::function<void(Evidence&)>& change) {
  Evidence evidence = agreed();
  change(evidence);
  return evidence;
}

TEST(Evidence, AgreeingSourcesGiveThePath) {
  const Finding finding = weigh(agreed());
  EXPECT_EQ(finding.tx, TlsPath::Kernel);
  EXPECT_EQ(finding.rx, TlsPath::Kernel);
  EXPECT_EQ(finding.doubt(), "");
  EXPECT_EQ(finding.broken, "");
  EXPECT_EQ(finding.remark, "");
}

// TLS 1.3 with OpenSSL 3.0: sending only.
TEST(Evidence, OneDirectionMayStayInUserSpace) {
  const Finding finding = weigh(with([](Evidence& e) {
    e.server = e.client = {.ktls_send = true, .diagnostics = tls(kSw, kBase)};
    e.counters = TlsStatDelta{{"TlsTxSw", 2}};
  }));
  EXPECT_EQ(finding.tx, TlsPath::Kernel);
  EXPECT_EQ(finding.rx, TlsPath::Userspace);
  EXPECT_EQ(finding.doubt(), "");
}

TEST(Evidence, UserSpaceNeedsNoKernelEvidence) {
  const Finding finding = weigh({.counters = std::nullopt, .own_namespace = false});
  EXPECT_EQ(finding.tx, TlsPath::Userspace);
  EXPECT_EQ(finding.rx, TlsPath::Userspace);
  EXPECT_EQ(finding.doubt(), "");
}

TEST(Evidence, EachContradictionIsNamed) {
  struct Case {
    const char* doubt;
    std::function<void(Evidence&)> change;
  };
  const Case cases[] = {
      {"transmit: OpenSSL says 2 of 2 ends in the kernel, TlsTxSw and TlsTxDevice moved by 1",
       [](Evidence& e) { (*e.counters)["TlsTxSw"] = 1; }},
      {"receive: OpenSSL says 2 of 2 ends in the kernel, TlsRxSw and TlsRxDevice moved by 3",
       [](Evidence& e) { (*e.counters)["TlsRxSw"] = 3; }},
      {"there is no /proc/net/tls_stat", [](Evidence& e) { e.counters.reset(); }},
      {"OpenSSL says kernel for transmit, but cannot read tls_stat: Input/output error",
       [](Evidence& e) {
         e.counters.reset();
         e.why_no_counters = "cannot read tls_stat: Input/output error";
       }},
      {"server receive: OpenSSL says kernel, socket diagnostics say base",
       [](Evidence& e) { e.server.diagnostics = tls(kSw, kBase); }},
      {"client transmit: OpenSSL says kernel, socket diagnostics say nothing",
       [](Evidence& e) { e.client.diagnostics = SocketUlp{}; }},
      {"server transmit: OpenSSL says user space, socket diagnostics say sw",
       [](Evidence& e) {
         e.server.ktls_send = false;
         e.counters = TlsStatDelta{{"TlsTxSw", 1}, {"TlsRxSw", 2}};
       }},
      {"client: TLSv1.2 AES-128-GCM was agreed on, socket diagnostics say TLSv1.3 AES-128-GCM",
       [](Evidence& e) { e.client.diagnostics->version = 0x0304; }},
      {"server: TLSv1.2 AES-128-GCM was agreed on, socket diagnostics say TLSv1.2 AES-256-GCM",
       [](Evidence& e) { e.server.diagnostics->cipher = 52; }},
      {"transmit: socket diagnostics say hw for 1 of 2 ends, TlsTxDevice moved by 0",
       [](Evidence& e) { e.server.diagnostics = tls(kHw, kSw); }},
      {"receive: socket diagnostics say hw for 0 of 2 ends, TlsRxDevice moved by 1",
       [](Evidence& e) {
         e.counters = TlsStatDelta{{"TlsTxSw", 2}, {"TlsRxSw", 1}, {"TlsRxDevice", 1}};
       }},
  };
  for (const Case& c : cases) EXPECT_THAT(weigh(with(c.change)).doubt(), HasSubstr(c.doubt));
}

TEST(Evidence, DevicePathNeedsDiagnosticsAndCounter) {
  const Finding finding = weigh(with([](Evidence& e) {
    e.server.diagnostics = tls(kHw, kSw);
    e.counters = TlsStatDelta{{"TlsTxSw", 1}, {"TlsTxDevice", 1}, {"TlsRxSw", 2}};
  }));
  EXPECT_EQ(finding.tx, TlsPath::Device);
  EXPECT_EQ(finding.rx, TlsPath::Kernel);
  EXPECT_EQ(finding.doubt(), "");
}

// A KeyUpdate trial asks for the paths of the one end that uses kTLS.
TEST(Evidence, TheClientsPathsAreFoundWhereTheyAreAskedFor) {
  const auto only_client = [](Evidence& e) {
    e.server = {.diagnostics = SocketUlp{}};
    e.client = {.ktls_send = true, .diagnostics = tls(kSw, kBase)};
    e.counters = TlsStatDelta{{"TlsTxSw", 1}};
  };
  Evidence evidence = with(only_client);
  EXPECT_EQ(weigh(evidence).tx, TlsPath::Userspace);
  evidence.role = TlsRole::Client;
  EXPECT_EQ(weigh(evidence).tx, TlsPath::Kernel);
  EXPECT_EQ(weigh(evidence).rx, TlsPath::Userspace);
  evidence.client.diagnostics.reset();
  EXPECT_THAT(weigh(evidence).remark, HasSubstr("socket diagnostics not available"));
  evidence.own_namespace = false;
  EXPECT_THAT(weigh(evidence).doubt(), HasSubstr("no network namespace of its own"));
}

// "hw" on the client's socket says nothing about the server's.
TEST(Evidence, OnlyTheServingEndDecidesThePath) {
  const Finding finding = weigh(with([](Evidence& e) {
    e.client.diagnostics = tls(kHw, kSw);
    e.counters = TlsStatDelta{{"TlsTxSw", 1}, {"TlsTxDevice", 1}, {"TlsRxSw", 2}};
  }));
  EXPECT_EQ(finding.tx, TlsPath::Kernel);
  EXPECT_EQ(finding.doubt(), "");
}

TEST(Evidence, PrivateNamespaceNeedsNoDiagnosticsButReportsIt) {
  const Finding finding = weigh(with([](Evidence& e) {
    e.server.diagnostics.reset();
    e.client.diagnostics.reset();
  }));
  EXPECT_EQ(finding.tx, TlsPath::Kernel);
  EXPECT_EQ(finding.doubt(), "");
  EXPECT_THAT(finding.remark, HasSubstr("socket diagnostics not available"));
}

TEST(Evidence, SharedNamespaceNeedsDiagnostics) {
  for (const auto& hidden : {std::optional<SocketUlp>(), std::optional<SocketUlp>(SocketUlp{})}) {
    const Finding finding = weigh(with([&](Evidence& e) {
      e.server.diagnostics = e.client.diagnostics = hidden;
      e.own_namespace = false;
    }));
    EXPECT_THAT(finding.doubt(), HasSubstr("no network namespace of its own"));
    EXPECT_EQ(finding.remark, "");
  }
}

TEST(Evidence, OtherTrafficMayRaiseSharedCountersOnly) {
  const auto in_shared_namespace = [](std::int64_t sent) {
    return with([sent](Evidence& e) {
      e.own_namespace = false;
      (*e.counters)["TlsTxSw"] = sent;
    });
  };
  EXPECT_EQ(weigh(in_shared_namespace(9)).doubt(), "");
  EXPECT_EQ(weigh(in_shared_namespace(9)).by_others, (TlsStatDelta{{"TlsTxSw", 7}}));
  EXPECT_EQ(weigh(in_shared_namespace(9)).remark,
            "counters are shared with other programs in this network namespace: TlsTxSw moved by "
            "9, of which the probe's own sockets explain 2");
  EXPECT_EQ(weigh(in_shared_namespace(2)).remark, "");
  EXPECT_THAT(weigh(in_shared_namespace(1)).doubt(), HasSubstr("moved by 1"));
}

TEST(Evidence, AnErrorInAPrivateNamespaceIsOurs) {
  for (const char* name : {"TlsDecryptError", "TlsTxRekeyError", "TlsSomeNewError"}) {
    const Finding finding = weigh(with([&](Evidence& e) { (*e.counters)[name] = 1; }));
    EXPECT_EQ(finding.broken, std::string("the kernel counted ") + name + " +1");
  }
}

TEST(Evidence, AnErrorInASharedNamespaceIsADoubt) {
  const Finding finding = weigh(with([](Evidence& e) {
    e.own_namespace = false;
    (*e.counters)["TlsDecryptError"] = 1;
  }));
  EXPECT_EQ(finding.broken, "");
  EXPECT_THAT(finding.doubt(), HasSubstr("another program's"));
}

// TlsDecryptRetry counts records that are not application data, such as close_notify.
TEST(Evidence, ADecryptRetryIsNoError) {
  const Finding finding = weigh(with([](Evidence& e) { (*e.counters)["TlsDecryptRetry"] = 4; }));
  EXPECT_EQ(finding.broken, "");
  EXPECT_EQ(finding.doubt(), "");
}

}  // namespace
}  // namespace tuner
