#include "probe/own_evidence.h"

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

constexpr std::uint64_t kBytes = 1'000'000;

// Both directions are in the NIC, and all four sources agree.
OwnEvidence agreed() {
  return {.end = {.ktls_send = true, .ktls_recv = true, .diagnostics = tls(kHw, kHw)},
          .counters = TlsStatDelta{{"TlsTxDevice", 1}, {"TlsRxDevice", 1}},
          .interface = "eth0",
          .driver = DriverDelta{{"tx_tls_encrypted_packets", 900},
                                {"tx_tls_encrypted_bytes", 1'020'000},
                                {"rx_tls_decrypted_packets", 880},
                                {"rx_tls_decrypted_bytes", 1'010'000},
                                {"tx_tls_drop_no_sync_data", 0}},
          .bytes_each_way = kBytes};
}

Finding weighed(const std::function<void(OwnEvidence&)>& change) {
  OwnEvidence evidence = agreed();
  change(evidence);
  return weigh_own(evidence);
}

TEST(OwnEvidence, AgreeingSourcesGiveThePath) {
  const Finding finding = weigh_own(agreed());
  EXPECT_EQ(finding.tx, TlsPath::Device);
  EXPECT_EQ(finding.rx, TlsPath::Device);
  EXPECT_EQ(finding.doubt(), "");
  EXPECT_EQ(finding.remark, "");
}

TEST(OwnEvidence, DriverCountersOfOthersDoNotMakeADevicePath) {
  const Finding finding = weighed([](OwnEvidence& e) {
    e.end.diagnostics = tls(kSw, kSw);
    e.counters = TlsStatDelta{{"TlsTxSw", 1}, {"TlsRxSw", 1}};
  });
  EXPECT_EQ(finding.tx, TlsPath::Kernel);
  EXPECT_EQ(finding.rx, TlsPath::Kernel);
  EXPECT_EQ(finding.doubt(), "");
  EXPECT_EQ(finding.remark, "");
}

TEST(OwnEvidence, EachDirectionIsDecidedOnItsOwn) {
  const Finding finding = weighed([](OwnEvidence& e) {
    e.end.ktls_recv = false;
    e.end.diagnostics = tls(kHw, kBase);
  });
  EXPECT_EQ(finding.tx, TlsPath::Device);
  EXPECT_EQ(finding.rx, TlsPath::Userspace);
  EXPECT_EQ(finding.doubt(), "");
}

TEST(OwnEvidence, UserSpaceNeedsNoOtherEvidence) {
  const Finding finding = weigh_own({.bytes_each_way = kBytes});
  EXPECT_EQ(finding.tx, TlsPath::Userspace);
  EXPECT_EQ(finding.rx, TlsPath::Userspace);
  EXPECT_EQ(finding.doubt(), "");
}

TEST(OwnEvidence, EachContradictionIsNamed) {
  struct Case {
    const char* doubt;
    std::function<void(OwnEvidence&)> change;
  };
  const Case cases[] = {
      {"OpenSSL says kernel for transmit, but there is no /proc/net/tls_stat",
       [](OwnEvidence& e) { e.counters.reset(); }},
      {"transmit: OpenSSL says kernel, and neither TlsTxSw nor TlsTxDevice moved",
       [](OwnEvidence& e) {
         e.counters = TlsStatDelta{{"TlsRxDevice", 1}};
       }},
      {"receive: OpenSSL says kernel, and neither TlsRxSw nor TlsRxDevice moved",
       [](OwnEvidence& e) { e.counters->erase("TlsRxDevice"); }},
      {"transmit: socket diagnostics say hw, and TlsTxDevice did not move",
       [](OwnEvidence& e) {
         e.counters = TlsStatDelta{{"TlsTxSw", 1}, {"TlsRxDevice", 1}};
       }},
      {"transmit: OpenSSL says kernel, socket diagnostics say base",
       [](OwnEvidence& e) { e.end.diagnostics = tls(kBase, kHw); }},
      {"receive: OpenSSL says user space, socket diagnostics say hw",
       [](OwnEvidence& e) { e.end.ktls_recv = false; }},
      {"TLSv1.2 AES-128-GCM was agreed on, socket diagnostics say TLSv1.2 AES-256-GCM",
       [](OwnEvidence& e) { e.end.diagnostics->cipher = 52; }},
      {"transmit: socket diagnostics say hw, and eth0 encrypted no packet",
       [](OwnEvidence& e) { (*e.driver)["tx_tls_encrypted_packets"] = 0; }},
      {"transmit: socket diagnostics say hw, and eth0 encrypted 900000 bytes of 1000000",
       [](OwnEvidence& e) { (*e.driver)["tx_tls_encrypted_bytes"] = 900'000; }},
      {"receive: socket diagnostics say hw, and eth0 decrypted no packet",
       [](OwnEvidence& e) { (*e.driver)["rx_tls_decrypted_packets"] = 0; }},
      {"other programs may have moved the counters, and socket diagnostics show no ULP",
       [](OwnEvidence& e) { e.end.diagnostics = SocketUlp{}; }},
      {"other programs may have moved the counters, and socket diagnostics show no ULP",
       [](OwnEvidence& e) { e.end.diagnostics.reset(); }},
      {"the kernel counted TlsDecryptError +2, which may be another program's",
       [](OwnEvidence& e) { (*e.counters)["TlsDecryptError"] = 2; }},
  };
  for (const Case& c : cases) EXPECT_THAT(weighed(c.change).doubt(), HasSubstr(c.doubt));
}

// For example a driver whose byte counter counts packets.
TEST(OwnEvidence, AContradictingDriverMakesTheDirectionUnknown) {
  const Finding finding =
      weighed([](OwnEvidence& e) { (*e.driver)["tx_tls_encrypted_bytes"] = 950; });
  EXPECT_EQ(finding.tx, TlsPath::Unknown);
  EXPECT_EQ(finding.rx, TlsPath::Device);
  EXPECT_THAT(finding.tx.doubt(), HasSubstr("eth0 encrypted 950 bytes of 1000000"));
  EXPECT_THAT(finding.remark, ::testing::Not(HasSubstr("software did the rest")));
}

// Other programs in this namespace started TLS sessions meanwhile. This is reported, and is not
// evidence about our own socket.
TEST(OwnEvidence, CountersMovedByOthersAreReported) {
  const Finding busy = weighed([](OwnEvidence& e) {
    e.counters = TlsStatDelta{{"TlsTxDevice", 3}, {"TlsRxDevice", 1}, {"TlsTxSw", 5}};
  });
  EXPECT_EQ(busy.tx, TlsPath::Device);
  EXPECT_EQ(busy.doubt(), "");
  EXPECT_EQ(busy.by_others, (TlsStatDelta{{"TlsTxDevice", 2}, {"TlsTxSw", 5}}));
  EXPECT_EQ(busy.remark,
            "counters are shared with other programs in this network namespace: TlsTxDevice moved "
            "by 3, of which the probe's own sockets explain 1, TlsTxSw moved by 5, of which the "
            "probe's own sockets explain 0");
  const Finding idle = weighed([](OwnEvidence& e) {
    e.end = {};
    e.counters = TlsStatDelta{{"TlsRxSw", 4}, {"TlsDecryptError", 1}};
  });
  EXPECT_EQ(idle.rx, TlsPath::Userspace) << "sessions of other programs are no evidence";
  EXPECT_EQ(idle.doubt(), "") << "an error of another program is no doubt";
  EXPECT_EQ(idle.by_others, (TlsStatDelta{{"TlsRxSw", 4}}));
}

// Records with out-of-order data are decrypted in software by design.
TEST(OwnEvidence, PartialReceiveIsADevicePathWithARemark) {
  const Finding finding =
      weighed([](OwnEvidence& e) { (*e.driver)["rx_tls_decrypted_bytes"] = 400'000; });
  EXPECT_EQ(finding.rx, TlsPath::Device);
  EXPECT_EQ(finding.doubt(), "");
  EXPECT_EQ(
      finding.remark,
      "receive: eth0 decrypted 400000 bytes of 1000000 and software did the rest, as after loss "
      "or reordering");
}

TEST(OwnEvidence, AByteCounterThatCountsPacketsIsADoubt) {
  const Finding finding = weighed([](OwnEvidence& e) {
    e.driver = DriverDelta{{"tx_tls_encrypted_packets", 900},
                           {"tx_tls_encrypted_bytes", 1'010'000},
                           {"rx_tls_decrypted_packets", 900},
                           {"rx_tls_decrypted_bytes", 900}};
  });
  EXPECT_EQ(finding.tx, TlsPath::Device);
  EXPECT_EQ(finding.rx, TlsPath::Unknown);
  EXPECT_EQ(finding.rx.doubt(),
            "receive: socket diagnostics say hw, and eth0 decrypted 900 bytes in 900 packets, so "
            "its counters prove nothing");
}

TEST(OwnEvidence, MissingDriverCountersAreARemark) {
  for (const auto& change :
       std::vector<std::function<void(OwnEvidence&)>>{[](OwnEvidence& e) { e.driver.reset(); },
                                                      [](OwnEvidence& e) {
                                                        e.driver = DriverDelta{{"tx_tls_ctx", 1}};
                                                      }}) {
    const Finding finding = weighed(change);
    EXPECT_EQ(finding.tx, TlsPath::Device);
    EXPECT_EQ(finding.rx, TlsPath::Device);
    EXPECT_THAT(finding.remark, HasSubstr("transmit: the driver of eth0 does not count encrypted "
                                          "packets; the other three sources agree"));
    EXPECT_THAT(finding.remark, HasSubstr("receive: the driver of eth0"));
  }
}

// nfp counts packets but not bytes.
TEST(OwnEvidence, PacketsWithoutBytesAreEnough) {
  const Finding finding = weighed([](OwnEvidence& e) {
    e.driver = DriverDelta{{"tx_tls_encrypted_packets", 10}, {"rx_tls_decrypted_packets", 10}};
  });
  EXPECT_EQ(finding.tx, TlsPath::Device);
  EXPECT_EQ(finding.remark, "");
}

TEST(OwnEvidence, DriverErrorCountersAreReported) {
  EXPECT_EQ(weighed([](OwnEvidence& e) { (*e.driver)["tx_tls_drop_no_sync_data"] = 4; }).remark,
            "eth0 counted tx_tls_drop_no_sync_data +4");
}

}  // namespace
}  // namespace tuner
