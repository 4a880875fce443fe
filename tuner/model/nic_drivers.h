// What NIC drivers can do for TLS, as data: who offloads it, what that needs, and by which names a
// driver counts. It also holds the drivers that are often believed to offload TLS and do not.
//
// What a NIC says about itself (facts) goes before this table, which only explains: a driver from
// outside the kernel's tree may do more than its row says.
#pragma once

#include "model/kernel_version.h"

#include <span>
#include <string_view>

namespace tuner {

enum class TlsDirection { Tx, Rx };
std::string_view tls_direction_name(TlsDirection direction);     // "tx", "rx"
std::string_view tls_direction_feature(TlsDirection direction);  // "tls-hw-tx-offload", …

struct NicDriverRow {
  std::string_view driver;  // as /sys/class/net/*/device/driver says
  std::string_view models;  // those that can; for others what the driver drives
  bool tx = false;
  bool rx = false;
  bool aes_256 = false;  // AES-256-GCM too; AES-128-GCM can every driver that offloads at all
  KernelVersion since_tx;
  KernelVersion since_rx;
  bool tx_on_after_probe = false;
  bool rx_on_after_probe = false;
  std::string_view option;  // of the kernel, without which the driver has no TLS: "CONFIG_…"
  std::string_view module;  // that must be loaded besides the driver; empty: none
  std::string_view needs;   // of card, firmware and mode, as a clause
  bool rx_reopens_channels = false;
  std::string_view note;  // what is commonly believed of it, corrected; a whole sentence
  std::string_view source;
};

// Sorted by driver.
std::span<const NicDriverRow> nic_drivers();
const NicDriverRow* find_nic_driver(std::string_view driver);

// "mlx5_core (ConnectX-6 Dx and later), nfp (…)": who can, for a reader whose NIC cannot.
std::string_view who_offloads(TlsDirection direction);

// A card that shares its driver with cards that can, known by its PCI ids: mlx5_core drives
// ConnectX-4 to 8, cxgb4 T4 to T6.
struct CardRow {
  std::string_view ids;  // "15b3:1017", or a prefix of it that ends in '*'
  std::string_view name;
  bool tls = false;  // there are models of it that offload TLS
};
std::span<const CardRow> nic_cards();
const CardRow* find_nic_card(std::string_view pci_ids);

// A statistic of `ethtool -S` about TLS offload. The names are the kernel document's where it has
// one (Documentation/networking/tls-offload.rst), and the same with every driver that has it.
struct TlsStatistic {
  enum class Kind {
    Packets,   // encrypted or decrypted by the NIC
    Bytes,     // likewise
    Contexts,  // connections handed to the NIC so far
    Ended,     // of those, taken from it again
    Resync,    // the NIC lost the record boundaries, or software had to encrypt again; harmless
    Trouble,   // refused, dropped or not decrypted: worth a look
  };
  std::string_view name;
  TlsDirection direction = TlsDirection::Tx;
  Kind kind = Kind::Packets;
  std::string_view drivers;  // with blanks between; "mlx5_core nfp"
};
std::span<const TlsStatistic> tls_statistics();  // sorted by name

// By a name as the driver gives it: cxgb4 fills its names up with blanks. Nothing for the counters
// of single queues ("tx0_tls_ooo", "tx_tls_ooo[3]"), whose sum the driver reports too.
const TlsStatistic* find_tls_statistic(std::string_view name);

}  // namespace tuner
