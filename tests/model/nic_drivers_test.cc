#include "model/nic_drivers.h"

#include "base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace tuner {
namespace {

using enum TlsDirection;

TEST(NicDrivers, OffloadAsInTheKernelSource) {
  std::set<std::string_view> tx;
  std::set<std::string_view> rx;
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.tx) tx.insert(row.driver);
    if (row.rx) rx.insert(row.driver);
  }
  EXPECT_EQ(tx, (std::set<std::string_view>{"cxgb4", "funeth", "mlx5_core", "nfp"}));
  EXPECT_EQ(rx, (std::set<std::string_view>{"mlx5_core", "nfp"}));
  for (const std::string_view driver : tx)
    EXPECT_NE(offloading_drivers(Tx).find(driver), std::string_view::npos) << driver;
  for (const std::string_view driver : rx)
    EXPECT_NE(offloading_drivers(Rx).find(driver), std::string_view::npos) << driver;
}

TEST(NicDrivers, OffloadSinceTheseKernels) {
  std::map<std::string_view, std::string> since;
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.tx || row.rx) since[row.driver] = to_text(row.since_tx) + " " + to_text(row.since_rx);
  }
  EXPECT_EQ(since, (std::map<std::string_view, std::string>{{"cxgb4", "5.7 0.0"},
                                                            {"funeth", "5.18 0.0"},
                                                            {"mlx5_core", "5.3 5.9"},
                                                            {"nfp", "5.3 5.3"}}));
}

TEST(NicDrivers, SomeHaveItOnAfterProbe) {
  std::set<std::string_view> tx;
  std::set<std::string_view> rx;
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.tx_on_after_probe) tx.insert(row.driver);
    if (row.rx_on_after_probe) rx.insert(row.driver);
  }
  EXPECT_EQ(tx, (std::set<std::string_view>{"funeth", "mlx5_core", "nfp"}));
  EXPECT_EQ(rx, (std::set<std::string_view>{"nfp"}));
}

TEST(NicDrivers, EachRowIsComplete) {
  for (const NicDriverRow& row : nic_drivers()) {
    EXPECT_FALSE(row.models.empty()) << row.driver;
    EXPECT_FALSE(row.source.empty()) << row.driver;
    EXPECT_EQ(row.tx, row.since_tx > KernelVersion{}) << row.driver;
    EXPECT_EQ(row.rx, row.since_rx > KernelVersion{}) << row.driver;
    EXPECT_TRUE(row.tx || !row.tx_on_after_probe) << row.driver;
    EXPECT_TRUE(row.rx || !row.rx_on_after_probe) << row.driver;
    EXPECT_TRUE(row.rx || !row.rx_reopens_channels) << row.driver;
    if (row.tx || row.rx) {
      EXPECT_TRUE(row.option.starts_with("CONFIG_")) << row.driver;
      EXPECT_FALSE(row.needs.empty()) << row.driver;
    }
    EXPECT_FALSE(row.note.ends_with('.')) << row.driver;
  }
}

TEST(NicDrivers, AreFoundOnlyByTheirExactName) {
  ASSERT_NE(find_nic_driver("mlx5_core"), nullptr);
  EXPECT_TRUE(find_nic_driver("mlx5_core")->rx_reopens_channels);
  EXPECT_EQ(find_nic_driver("cxgb4")->module, "ch_ktls");
  for (const char* name : {"", "mlx5", "mlx5_cor", "mlx5_core ", "zzz"})
    EXPECT_EQ(find_nic_driver(name), nullptr) << name;
}

TEST(NicDrivers, OneDriverHasCardsWithAndWithoutTls) {
  EXPECT_EQ(find_nic_card("15b3:1017")->tls, CardTls::No);
  EXPECT_EQ(find_nic_card("15b3:1017")->name, "ConnectX-5");
  EXPECT_EQ(find_nic_card("15b3:101d")->tls, CardTls::Some);
  EXPECT_EQ(find_nic_card("1425:5401")->tls, CardTls::No);
  EXPECT_EQ(find_nic_card("1425:6401")->tls, CardTls::Some);
  std::set<std::string_view> with_tls;
  std::set<std::string_view> unknown;
  for (const CardRow& card : nic_cards()) {
    if (card.tls == CardTls::Some) with_tls.insert(card.name);
    if (card.tls == CardTls::Unknown) unknown.insert(card.name);
  }
  EXPECT_EQ(with_tls, (std::set<std::string_view>{
                          "BlueField-2", "BlueField-3", "BlueField-4", "Chelsio T6", "ConnectX-10",
                          "ConnectX-10 NVLink-C2C", "ConnectX-6 Dx", "ConnectX-7", "ConnectX-8",
                          "ConnectX-9", "ConnectX VF (ConnectX-6 Dx and later)"}));
  EXPECT_EQ(unknown, (std::set<std::string_view>{"ConnectX-6 Lx"}));
  EXPECT_EQ(find_nic_card("8086:1572"), nullptr);
  EXPECT_EQ(find_nic_card(""), nullptr);
}

// mlx5_core_pci_table of Linux 7.3. A card that is not in the table gets no verdict.
TEST(NicDrivers, EveryCardOfMlx5IsKnown) {
  for (const char* device : {"1011", "1012", "1013", "1014", "1015", "1016", "1017", "1018", "1019",
                             "101a", "101b", "101c", "101d", "101e", "101f", "1021", "1023", "1025",
                             "1027", "2101", "a2d2", "a2d3", "a2d6", "a2dc", "a2df"}) {
    EXPECT_NE(find_nic_card(std::string("15b3:") + device), nullptr) << device;
  }
  for (const char* vf : {"1012", "1014", "1016", "1018", "101a", "101c", "a2d3"})
    EXPECT_EQ(find_nic_card(std::string("15b3:") + vf)->tls, CardTls::No) << vf;
  EXPECT_EQ(find_nic_card("15b3:1020"), nullptr) << "a number between two cards";
}

// The names are those in /sys/class/net/*/device/driver, which a module may not have.
TEST(NicDrivers, DriversOfCloudsAndNewCardsAreKnown) {
  for (const char* driver :
       {"amd-xgbe", "bng_en", "hinic3", "hns3", "hv_netvsc", "idpf", "ngbe", "nicvf", "txgbe"}) {
    const NicDriverRow* row = find_nic_driver(driver);
    ASSERT_NE(row, nullptr) << driver;
    EXPECT_FALSE(row->tx || row->rx) << driver;
  }
  for (const char* other : {"axgbe", "bnge", "netvsc", "thunderx"})
    EXPECT_EQ(find_nic_driver(other), nullptr) << other << " is no name in sysfs";
}

TEST(NicDrivers, SomeKeepAffinitiesSinceTheseKernels) {
  std::map<std::string_view, std::string> since;
  for (const NicDriverRow& row : nic_drivers()) {
    if (row.keeps_affinity_since > KernelVersion{})
      since[row.driver] = to_text(row.keeps_affinity_since);
  }
  EXPECT_EQ(since, (std::map<std::string_view, std::string>{
                       {"iavf", "6.17"}, {"ice", "6.15"}, {"idpf", "6.15"}}));
  EXPECT_TRUE(keeps_affinity("ice", "6.15.0-1-amd64"));
  EXPECT_FALSE(keeps_affinity("ice", "6.14.11"));
  EXPECT_FALSE(keeps_affinity("iavf", "6.16.0"));
  EXPECT_FALSE(keeps_affinity("mlx5_core", "7.3.4"));
  EXPECT_FALSE(keeps_affinity("unheard_of", "7.3.4"));
  EXPECT_FALSE(keeps_affinity("ice", "")) << "a release that is not known";
}

TEST(NicDrivers, StatisticsAreFoundByTheDriversSpelling) {
  const TlsStatistic* packets = find_tls_statistic("tx_tls_encrypted_packets");
  ASSERT_NE(packets, nullptr);
  EXPECT_EQ(packets->kind, TlsStatistic::Kind::Packets);
  EXPECT_EQ(find_tls_statistic("tx_tls_encrypted_packets        "), packets) << "cxgb4";
  for (const char* queue : {"tx0_tls_ooo", "tx_tls_ooo[3]", "rx_packets", ""})
    EXPECT_EQ(find_tls_statistic(queue), nullptr) << queue;
}

TEST(NicDrivers, StatisticsBelongToDriversThatOffloadThatDirection) {
  for (const TlsStatistic& one : tls_statistics()) {
    EXPECT_FALSE(one.drivers.empty()) << one.name;
    for (const std::string_view driver : split_whitespace(one.drivers)) {
      const NicDriverRow* row = find_nic_driver(driver);
      ASSERT_NE(row, nullptr) << one.name << " " << driver;
      EXPECT_TRUE(one.direction == Tx ? row->tx : row->rx) << one.name << " " << driver;
    }
  }
}

TEST(NicDrivers, EveryOffloadingDriverCountsPackets) {
  for (const NicDriverRow& row : nic_drivers()) {
    for (const TlsDirection direction : {Tx, Rx}) {
      if (!(direction == Tx ? row.tx : row.rx)) continue;
      EXPECT_TRUE(std::ranges::any_of(tls_statistics(),
                                      [&](const TlsStatistic& one) {
                                        const auto drivers = split_whitespace(one.drivers);
                                        return one.direction == direction &&
                                               one.kind == TlsStatistic::Kind::Packets &&
                                               std::ranges::count(drivers, row.driver) > 0;
                                      }))
          << row.driver << " " << tls_direction_name(direction);
    }
  }
}

}  // namespace
}  // namespace tuner
