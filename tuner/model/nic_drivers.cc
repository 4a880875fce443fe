#include "model/nic_drivers.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using enum TlsDirection;
using Kind = TlsStatistic::Kind;

// Every driver that sets tlsdev_ops, from the source of Linux 5.10, 6.1, 6.12, 7.2 and 7.3
// (drivers/), and other common drivers. Versions are those of mainline.
constexpr std::array kDrivers = {
    NicDriverRow{.driver = "amd-xgbe",
                 .models = "AMD 10GbE of EPYC and Ryzen embedded",
                 .source = "no tlsdev_ops in drivers/net/ethernet/amd/xgbe, 7.3"},
    NicDriverRow{.driver = "atlantic",
                 .models = "Marvell AQtion",
                 .note = "atlantic offloads MACsec, not TLS",
                 .source = "no tlsdev_ops in drivers/net/ethernet/aquantia, 7.3"},
    NicDriverRow{.driver = "be2net",
                 .models = "Emulex OneConnect",
                 .source = "no tlsdev_ops in drivers/net/ethernet/emulex, 7.3"},
    NicDriverRow{.driver = "bng_en",
                 .models = "Broadcom BCM5770x (800G)",
                 .note = "bng_en is the driver in drivers/net/ethernet/broadcom/bnge",
                 .source = "no tlsdev_ops in drivers/net/ethernet/broadcom/bnge, 7.3"},
    NicDriverRow{.driver = "bnx2x",
                 .models = "Broadcom NetXtreme II",
                 .source = "no tlsdev_ops in drivers/net/ethernet/broadcom, 7.3"},
    NicDriverRow{.driver = "bnxt_en",
                 .models = "Broadcom NetXtreme-C/E, BCM574xx to BCM576xx",
                 .note = "The kernel's own bnxt_en has no TLS offload up to 7.3; only Broadcom's "
                         "out-of-tree driver has it, for BCM576xx",
                 .source = "no tlsdev_ops in drivers/net/ethernet/broadcom/bnxt, 7.3"},
    NicDriverRow{.driver = "cxgb4",
                 .models = "Chelsio T6",
                 .tx = true,
                 .since_tx = {5, 7},
                 .option = "CONFIG_CHELSIO_TLS_DEVICE",
                 .module = "ch_ktls",
                 .needs = "a T6 whose firmware has TLS, and the module ch_ktls loaded",
                 .note = "T5 has no TLS offload, and T6 has none for receiving; full offload of "
                         "the connection (chtls, tls-hw-record) was removed from the kernel in 7.2",
                 .source = "chelsio/cxgb4/cxgb4_main.c, inline_crypto/ch_ktls/chcr_ktls.c, 7.3"},
    NicDriverRow{.driver = "e1000e",
                 .models = "Intel PRO/1000",
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{
        .driver = "ena",
        .models = "Amazon ENA",
        .note = "Amazon's encryption between instances is not TLS, and the kernel does not see it",
        .source = "no tlsdev_ops in drivers/net/ethernet/amazon, 7.3"},
    NicDriverRow{.driver = "enic",
                 .models = "Cisco VIC",
                 .source = "no tlsdev_ops in drivers/net/ethernet/cisco, 7.3"},
    NicDriverRow{.driver = "fbnic",
                 .models = "Meta fbnic",
                 .source = "no tlsdev_ops in drivers/net/ethernet/meta, 7.3"},
    NicDriverRow{.driver = "funeth",
                 .models = "Fungible F1 and S1",
                 .tx = true,
                 .since_tx = {5, 18},
                 .tx_on_after_probe = true,
                 .option = "CONFIG_TLS_DEVICE",
                 .needs = "firmware with kTLS",
                 .source = "fungible/funeth/funeth_ktls.c, 7.3"},
    NicDriverRow{.driver = "gve",
                 .models = "Google gVNIC",
                 .source = "no tlsdev_ops in drivers/net/ethernet/google, 7.3"},
    NicDriverRow{.driver = "hinic3",
                 .models = "Huawei SP600 series",
                 .source = "no tlsdev_ops in drivers/net/ethernet/huawei/hinic3, 7.3"},
    NicDriverRow{.driver = "hns3",
                 .models = "HiSilicon Kunpeng network engine",
                 .source = "no tlsdev_ops in drivers/net/ethernet/hisilicon/hns3, 7.3"},
    NicDriverRow{.driver = "hv_netvsc",
                 .models = "Microsoft Hyper-V and Azure",
                 .note = "With accelerated networking the packets go through a virtual function "
                         "below it, mana or mlx5_core, and only that one could offload",
                 .source = "no tlsdev_ops in drivers/net/hyperv, 7.3"},
    NicDriverRow{.driver = "i40e",
                 .models = "Intel 700 series",
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{.driver = "iavf",
                 .models = "Intel virtual functions",
                 .keeps_affinity_since = {6, 17},  // iavf/iavf_main.c, iavf_probe()
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{.driver = "ice",
                 .models = "Intel 800 series",
                 .keeps_affinity_since = {6, 15},  // ice/ice_main.c, ice_set_netdev_features()
                 .note = "QAT is a separate crypto device: no packet of the NIC passes through it",
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{.driver = "idpf",
                 .models = "Intel IPU E2000 and other infrastructure data path functions",
                 .keeps_affinity_since = {6, 15},  // idpf/idpf_lib.c, idpf_cfg_netdev()
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel/idpf, 7.3"},
    NicDriverRow{.driver = "igb",
                 .models = "Intel I350 and older",
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{.driver = "igc",
                 .models = "Intel I225 and I226",
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{.driver = "ionic",
                 .models = "AMD Pensando",
                 .source = "no tlsdev_ops in drivers/net/ethernet/pensando, 7.3"},
    NicDriverRow{.driver = "ixgbe",
                 .models = "Intel 82599, X540 and X550",
                 .note = "ixgbe offloads IPsec, not TLS",
                 .source = "no tlsdev_ops in drivers/net/ethernet/intel, 7.3"},
    NicDriverRow{.driver = "mana",
                 .models = "Microsoft Azure Network Adapter",
                 .source = "no tlsdev_ops in drivers/net/ethernet/microsoft, 7.3"},
    NicDriverRow{.driver = "mlx4_core",
                 .models = "ConnectX-3",
                 .note = "TLS offload begins with ConnectX-6 Dx, which has the driver mlx5_core",
                 .source = "no tlsdev_ops in drivers/net/ethernet/mellanox/mlx4, 7.3"},
    NicDriverRow{.driver = "mlx5_core",
                 .models = "ConnectX-6 Dx and later, BlueField-2 and later",
                 .tx = true,
                 .rx = true,
                 .aes_256 = true,
                 .since_tx = {5, 3},
                 .since_rx = {5, 9},
                 .tx_on_after_probe = true,
                 .option = "CONFIG_MLX5_EN_TLS",
                 .needs = "a model with crypto enabled and its firmware, in legacy mode (not "
                          "switchdev), not as one half of a Socket Direct pair",
                 .rx_reopens_channels = true,
                 .note = "ConnectX-4, ConnectX-5 and plain ConnectX-6 have the same driver and no "
                         "TLS offload; Innova cards, which had it in an FPGA, lost it before 6.1",
                 .source = "mellanox/mlx5/core/en_accel/ktls.[ch], en_main.c, 7.3"},
    NicDriverRow{.driver = "nfp",
                 .models = "Netronome Agilio",
                 .tx = true,
                 .rx = true,
                 .since_tx = {5, 3},
                 .since_rx = {5, 3},
                 .tx_on_after_probe = true,
                 .rx_on_after_probe = true,
                 .option = "CONFIG_TLS_DEVICE",
                 .needs = "crypto firmware",
                 .source = "netronome/nfp/crypto/tls.c, 7.3"},
    NicDriverRow{.driver = "ngbe",
                 .models = "Wangxun WX1860",
                 .source = "no tlsdev_ops in drivers/net/ethernet/wangxun, 7.3"},
    NicDriverRow{.driver = "nicvf",
                 .models = "Cavium ThunderX",
                 .note = "Older kernels call the driver thunder-nicvf",
                 .source = "no tlsdev_ops in drivers/net/ethernet/cavium/thunder, 7.3"},
    NicDriverRow{.driver = "qede",
                 .models = "Marvell FastLinQ",
                 .source = "no tlsdev_ops in drivers/net/ethernet/qlogic, 7.3"},
    NicDriverRow{.driver = "r8169",
                 .models = "Realtek",
                 .source = "no tlsdev_ops in drivers/net/ethernet/realtek, 7.3"},
    NicDriverRow{.driver = "rvu_nicpf",
                 .models = "Marvell OCTEON (octeontx2)",
                 .note = "octeontx2 offloads IPsec and MACsec, not TLS",
                 .source = "no tlsdev_ops in drivers/net/ethernet/marvell/octeontx2, 7.3"},
    NicDriverRow{.driver = "sfc",
                 .models = "AMD Solarflare",
                 .source = "no tlsdev_ops in drivers/net/ethernet/sfc, 7.3"},
    NicDriverRow{.driver = "tg3",
                 .models = "Broadcom Tigon3",
                 .source = "no tlsdev_ops in drivers/net/ethernet/broadcom, 7.3"},
    NicDriverRow{.driver = "txgbe",
                 .models = "Wangxun SP1000 and AML",
                 .source = "no tlsdev_ops in drivers/net/ethernet/wangxun, 7.3"},
    NicDriverRow{.driver = "virtio_net",
                 .models = "virtio",
                 .note = "A virtual machine has TLS offload only with a passed-through card",
                 .source = "no tlsdev_ops in drivers/net/virtio_net.c, 7.3"},
    NicDriverRow{.driver = "vmxnet3",
                 .models = "VMware vmxnet3",
                 .note = "A virtual machine has TLS offload only with a passed-through card",
                 .source = "no tlsdev_ops in drivers/net/vmxnet3, 7.3"},
};
static_assert(std::ranges::is_sorted(kDrivers, {}, &NicDriverRow::driver));

// From mlx5_core_pci_table (mlx5/core/main.c, 7.3); for Chelsio the first digit of the device is
// the generation (cxgb4/t4_pci_id_tbl.h). include/linux/pci_ids.h has none of these. NVIDIA's page
// on kTLS offload has "ConnectX-6 Dx and BlueField-2 crypto devices onwards". 101e is the virtual
// function of every ConnectX since 6 Dx: what it may do is decided by its card. About ConnectX-6
// Lx, which is later than 6 Dx in the table and smaller, the page is silent.
constexpr std::array kCards = {
    CardRow{"1425:4*", "Chelsio T4", CardTls::No},
    CardRow{"1425:5*", "Chelsio T5", CardTls::No},
    CardRow{"1425:6*", "Chelsio T6", CardTls::Some},
    CardRow{"15b3:1011", "Connect-IB", CardTls::No},
    CardRow{"15b3:1012", "Connect-IB VF", CardTls::No},
    CardRow{"15b3:1013", "ConnectX-4", CardTls::No},
    CardRow{"15b3:1014", "ConnectX-4 VF", CardTls::No},
    CardRow{"15b3:1015", "ConnectX-4 Lx", CardTls::No},
    CardRow{"15b3:1016", "ConnectX-4 Lx VF", CardTls::No},
    CardRow{"15b3:1017", "ConnectX-5", CardTls::No},
    CardRow{"15b3:1018", "ConnectX-5 VF", CardTls::No},
    CardRow{"15b3:1019", "ConnectX-5 Ex", CardTls::No},
    CardRow{"15b3:101a", "ConnectX-5 Ex VF", CardTls::No},
    CardRow{"15b3:101b", "ConnectX-6", CardTls::No},
    CardRow{"15b3:101c", "ConnectX-6 VF", CardTls::No},
    CardRow{"15b3:101d", "ConnectX-6 Dx", CardTls::Some},
    CardRow{"15b3:101e", "ConnectX VF (ConnectX-6 Dx and later)", CardTls::Some},
    CardRow{"15b3:101f", "ConnectX-6 Lx", CardTls::Unknown},
    CardRow{"15b3:1021", "ConnectX-7", CardTls::Some},
    CardRow{"15b3:1023", "ConnectX-8", CardTls::Some},
    CardRow{"15b3:1025", "ConnectX-9", CardTls::Some},
    CardRow{"15b3:1027", "ConnectX-10", CardTls::Some},
    CardRow{"15b3:2101", "ConnectX-10 NVLink-C2C", CardTls::Some},
    CardRow{"15b3:a2d2", "BlueField", CardTls::No},
    CardRow{"15b3:a2d3", "BlueField VF", CardTls::No},
    CardRow{"15b3:a2d6", "BlueField-2", CardTls::Some},
    CardRow{"15b3:a2dc", "BlueField-3", CardTls::Some},
    CardRow{"15b3:a2df", "BlueField-4", CardTls::Some},
};

constexpr std::string_view kMlx5 = "mlx5_core";
constexpr std::string_view kNfp = "nfp";

// From Linux 7.3: mlx5's en_stats.c and en_accel/ktls_stats.c, nfp_net_ethtool.c, funeth_ethtool.c
// and cxgb4_ethtool.c.
constexpr std::array kStatistics = {
    TlsStatistic{"hw_tls_no_space", Tx, Kind::Trouble, kNfp},
    TlsStatistic{"rx_tls_ctx", Rx, Kind::Contexts, kMlx5},
    TlsStatistic{"rx_tls_decrypted_bytes", Rx, Kind::Bytes, kMlx5},
    TlsStatistic{"rx_tls_decrypted_packets", Rx, Kind::Packets, "mlx5_core nfp"},
    TlsStatistic{"rx_tls_del", Rx, Kind::ProgramResult, kMlx5},
    TlsStatistic{"rx_tls_err", Rx, Kind::Trouble, kMlx5},
    TlsStatistic{"rx_tls_resync_req_end", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_req_ign", Rx, Kind::Resync, kNfp},
    TlsStatistic{"rx_tls_resync_req_ok", Rx, Kind::Resync, kNfp},
    TlsStatistic{"rx_tls_resync_req_pkt", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_req_skip", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_req_start", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_res_ok", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_res_retry", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_res_skip", Rx, Kind::Resync, kMlx5},
    TlsStatistic{"rx_tls_resync_sent", Rx, Kind::Resync, kNfp},
    TlsStatistic{"tx_tls_ctx", Tx, Kind::Contexts, "cxgb4 funeth mlx5_core"},
    TlsStatistic{"tx_tls_del", Tx, Kind::ProgramResult, "funeth mlx5_core"},
    TlsStatistic{"tx_tls_drop_bypass_req", Tx, Kind::Trouble, "cxgb4 mlx5_core"},
    TlsStatistic{"tx_tls_drop_no_sync_data", Tx, Kind::Trouble, "cxgb4 funeth mlx5_core nfp"},
    TlsStatistic{"tx_tls_encrypted_bytes", Tx, Kind::Bytes, "cxgb4 funeth mlx5_core"},
    TlsStatistic{"tx_tls_encrypted_packets", Tx, Kind::Packets, "cxgb4 funeth mlx5_core nfp"},
    TlsStatistic{"tx_tls_ooo", Tx, Kind::Resync, "cxgb4 funeth mlx5_core nfp"},
    TlsStatistic{"tx_tls_resync", Tx, Kind::Resync, "funeth"},
    TlsStatistic{"tx_tls_resync_bytes", Tx, Kind::Resync, kMlx5},
    TlsStatistic{"tx_tls_skip_no_sync_data", Tx, Kind::Resync, "cxgb4 mlx5_core"},
};
static_assert(std::ranges::is_sorted(kStatistics, {}, &TlsStatistic::name));

}  // namespace

std::string_view tls_direction_name(TlsDirection direction) {
  return word_of(direction);
}

std::string_view tls_direction_feature(TlsDirection direction) {
  return direction == Tx ? "tls-hw-tx-offload" : "tls-hw-rx-offload";
}

std::span<const NicDriverRow> nic_drivers() {
  return kDrivers;
}

const NicDriverRow* find_nic_driver(std::string_view driver) {
  const auto found = std::ranges::lower_bound(kDrivers, driver, {}, &NicDriverRow::driver);
  return found != kDrivers.end() && found->driver == driver ? &*found : nullptr;
}

bool keeps_affinity(std::string_view driver, std::string_view release) {
  const NicDriverRow* row = find_nic_driver(driver);
  const auto version = kernel_version(release);
  return row != nullptr && version && row->keeps_affinity_since > KernelVersion{} &&
         *version >= row->keeps_affinity_since;
}

std::string_view offloading_drivers(TlsDirection direction) {
  return direction == Tx ? "mlx5_core (ConnectX-6 Dx and later), nfp, cxgb4 (T6) and funeth"
                         : "mlx5_core (ConnectX-6 Dx and later) and nfp";
}

std::span<const CardRow> nic_cards() {
  return kCards;
}

// The driver alone does not tell: mlx5_core drives ConnectX-4, which has no TLS offload, and
// ConnectX-7, which has.
const CardRow* find_nic_card(std::string_view pci_ids) {
  const auto found = std::ranges::find_if(
      kCards, [&](const CardRow& row) { return glob_match(row.ids, pci_ids); });
  return found == kCards.end() ? nullptr : &*found;
}

std::span<const TlsStatistic> tls_statistics() {
  return kStatistics;
}

const TlsStatistic* find_tls_statistic(std::string_view name) {
  // cxgb4 pads its names with blanks (chelsio/cxgb4/cxgb4_ethtool.c).
  const std::string_view trimmed = trim(name);
  const auto found = std::ranges::lower_bound(kStatistics, trimmed, {}, &TlsStatistic::name);
  return found != kStatistics.end() && found->name == trimmed ? &*found : nullptr;
}

}  // namespace tuner
