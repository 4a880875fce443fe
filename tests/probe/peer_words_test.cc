#include "probe/handshake/peer_words.h"

#include "probe/handshake/wire_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr CellKey kAsked{TlsVersion::Tls12, TlsCipher::Aes128Gcm};

ProbeCell good() {
  return {.version = kAsked.version,
          .cipher = kAsked.cipher,
          .cipher_suite = suite_name(kAsked),
          .tx = TlsPath::Device,
          .rx = PathFinding::unknown("receive: OpenSSL says kernel, and no counter moved"),
          .bytes = 4U << 20U,
          .counters = {{"TlsTxDevice", 1}, {"TlsCurrRxSw", 0}},
          .counters_by_others = {{"TlsRxSw", 1}},
          .ulp = UlpInfo{"TLSv1.2", "AES-128-GCM", "hw", "sw"},
          .because = "sent by eth0",
          .interface = "bond0",
          .nics = {"eth0", "enp1s0f0np0"},
          .driver_counters = {{"tx_tls_encrypted_bytes", 5}, {"rx queue 0: tls", 1}}};
}

TEST(PeerWords, AValidCellIsAccepted) {
  EXPECT_TRUE(check_peer_cell(good(), kAsked));
  EXPECT_TRUE(check_peer_cell({.version = kAsked.version, .cipher = kAsked.cipher}, kAsked));
  ProbeCell newer = good();
  newer.ulp = UlpInfo{"", "59", "hw-record", ""};
  EXPECT_TRUE(check_peer_cell(newer, kAsked));
}

TEST(PeerWords, AnInvalidValueIsNamedByItsKeyAndNotShown) {
  struct Case {
    const char* key;
    std::function<void(ProbeCell&)> spoil;
  };
  const std::string escape = "say\x1b[2J";
  for (const Case& c : {
           Case{"version", [](ProbeCell& cell) { cell.version = TlsVersion::Tls13; }},
           Case{"cipher", [](ProbeCell& cell) { cell.cipher = TlsCipher::Aes256Gcm; }},
           Case{"cipher_suite", [&](ProbeCell& cell) { cell.cipher_suite = escape; }},
           Case{"bytes", [](ProbeCell& cell) { cell.bytes = kMostWireBytes + 1; }},
           Case{"counters", [](ProbeCell& cell) { cell.counters["TlsSay it"] = 1; }},
           Case{"counters", [](ProbeCell& cell) { cell.counters["TxTls"] = 1; }},
           Case{"counters",
                [](ProbeCell& cell) {
                  for (int i = 0; i < 65; ++i) cell.counters["Tls" + std::to_string(i)] = 1;
                }},
           Case{"counters_by_others", [](ProbeCell& cell) { cell.counters_by_others[""] = 1; }},
           Case{"driver_counters", [&](ProbeCell& cell) { cell.driver_counters[escape] = 1; }},
           Case{"driver_counters",
                [](ProbeCell& cell) { cell.driver_counters[std::string(33, 'x')] = 1; }},
           Case{"ulp", [](ProbeCell& cell) { cell.ulp->version = "say"; }},
           Case{"ulp", [](ProbeCell& cell) { cell.ulp->cipher = "ROT13"; }},
           Case{"ulp", [](ProbeCell& cell) { cell.ulp->txconf = "say"; }},
           Case{"ulp", [](ProbeCell& cell) { cell.ulp->rxconf = "say"; }},
           Case{"interface", [](ProbeCell& cell) { cell.interface = "a/say"; }},
           Case{"interface", [](ProbeCell& cell) { cell.interface = "sixteen-say-long"; }},
           Case{"nics", [&](ProbeCell& cell) { cell.nics.push_back(escape); }},
           Case{"nics", [](ProbeCell& cell) { cell.nics.assign(65, "say"); }},
           Case{"because", [&](ProbeCell& cell) { cell.because = escape; }},
           Case{"because", [](ProbeCell& cell) { cell.because = "two\nsay"; }},
           Case{"because", [](ProbeCell& cell) { cell.because.assign(2001, 'x'); }},
           Case{"doubts", [&](ProbeCell& cell) { cell.tx = PathFinding::unknown(escape); }},
           Case{"server_because", [](ProbeCell& cell) { cell.server_because = "say"; }},
           Case{"client", [](ProbeCell& cell) { cell.client.emplace(); }},
       }) {
    ProbeCell cell = good();
    c.spoil(cell);
    const auto checked = check_peer_cell(cell, kAsked);
    ASSERT_FALSE(checked) << c.key;
    EXPECT_EQ(checked.error().fault, Fault::Invalid);
    EXPECT_THAT(checked.error().text,
                ::testing::EndsWith(std::string("an invalid value under ") + c.key));
    EXPECT_THAT(checked.error().text, Not(HasSubstr("\x1b")));
  }
}

// sendable() makes any sentence of this host acceptable to the other end.
TEST(PeerWords, ASendableCellIsAccepted) {
  ProbeCell cell = good();
  cell.because.assign(1999, 'x').append("\xc3\xa9\x1b\n more");
  cell.rx = PathFinding::unknown("a\ndoubt\xff" + std::string(3000, 'y'));
  EXPECT_FALSE(check_peer_cell(cell, kAsked));
  const ProbeCell sent = sendable(cell);
  EXPECT_TRUE(check_peer_cell(sent, kAsked)) << check_peer_cell(sent, kAsked).error().text;
  EXPECT_EQ(sent.tx, TlsPath::Device);
  EXPECT_EQ(sendable(good()).because, good().because);
}

}  // namespace
}  // namespace tuner
