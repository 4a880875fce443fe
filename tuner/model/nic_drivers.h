// The TLS offload of NIC drivers, as data: which driver offloads, what it needs, and the names of
// its statistics. Drivers that are wrongly believed to offload TLS have rows too.
//
// The table only explains. What a NIC reports (facts) has priority: an out-of-tree driver may do
// more than its row says.
#pragma once

#include "base/words.h"
#include "model/kernel_version.h"

#include <span>
#include <string_view>

namespace tuner {

enum class TlsDirection { Tx, Rx };
template <>
inline constexpr auto kWords<TlsDirection> =
    std::to_array<Word<TlsDirection>>({{TlsDirection::Tx, "tx"}, {TlsDirection::Rx, "rx"}});
std::string_view tls_direction_name(TlsDirection direction);     // "tx", "rx"
std::string_view tls_direction_feature(TlsDirection direction);  // "tls-hw-tx-offload", …

struct NicDriverRow {
  std::string_view driver;  // as in /sys/class/net/*/device/driver
  std::string_view models;  // the models that offload; without offload, all models of the driver
  bool tx = false;
  bool rx = false;
  bool aes_256 = false;  // offloads AES-256-GCM too; every driver that offloads has AES-128-GCM
  KernelVersion since_tx;
  KernelVersion since_rx;
  bool tx_on_after_probe = false;
  bool rx_on_after_probe = false;
  std::string_view option;  // the kernel option that the driver's TLS needs: "CONFIG_…"
  std::string_view module;  // another module that must be loaded; empty: none
  std::string_view needs;   // requirements on card, firmware and mode, as a clause
  bool rx_reopens_channels = false;
  // Since this kernel the networking core keeps the affinity of its queues' interrupts for it, over
  // link changes, channel changes and resets (netif_set_affinity_auto()). 0.0: it does not. For
  // explanations only: a repair compares values, and a kept one does not differ.
  KernelVersion keeps_affinity_since;
  std::string_view note;  // corrects a common mistake about the driver; a whole sentence
  std::string_view source;
};

// Sorted by driver.
std::span<const NicDriverRow> nic_drivers();
const NicDriverRow* find_nic_driver(std::string_view driver);

// Whether the affinity of this driver's interrupts outlasts link and channel changes on this
// kernel ("6.15.0-1-amd64"). false also if the driver or the release is not known.
bool keeps_affinity(std::string_view driver, std::string_view release);

// The drivers that offload in this direction: "mlx5_core (ConnectX-6 Dx and later) and nfp".
std::string_view offloading_drivers(TlsDirection direction);

// A card by its PCI ids, for drivers that serve cards with and without TLS offload: mlx5_core
// drives Connect-IB to ConnectX-10, cxgb4 T4 to T6.
enum class CardTls {
  No,
  Some,     // models with and without crypto exist
  Unknown,  // no source says either
};
template <>
inline constexpr auto kWords<CardTls> = std::to_array<Word<CardTls>>(
    {{CardTls::No, "no"}, {CardTls::Some, "some"}, {CardTls::Unknown, "not known"}});

struct CardRow {
  std::string_view ids;  // "15b3:1017", or a prefix that ends in '*'
  std::string_view name;
  CardTls tls = CardTls::No;
};
std::span<const CardRow> nic_cards();
const CardRow* find_nic_card(std::string_view pci_ids);

// A statistic of `ethtool -S` about TLS offload. Documentation/networking/tls-offload.rst defines
// most names; each name means the same in every driver that has it.
struct TlsStatistic {
  enum class Kind {
    Packets,        // packets encrypted or decrypted by the NIC
    Bytes,          // bytes encrypted or decrypted by the NIC
    Contexts,       // connections handed to the NIC so far
    ProgramResult,  // connections removed from the NIC so far
    Resync,   // the NIC lost the record boundaries, or software had to encrypt again; harmless
    Trouble,  // refused, dropped or not decrypted: a sign of a problem
  };
  std::string_view name;
  TlsDirection direction = TlsDirection::Tx;
  Kind kind = Kind::Packets;
  std::string_view drivers;  // separated by blanks: "mlx5_core nfp"
};
std::span<const TlsStatistic> tls_statistics();  // sorted by name

// Finds the driver's name; surrounding blanks are ignored, because cxgb4 pads its names. nullptr:
// not in the table, such as counters of single queues ("tx0_tls_ooo", "tx_tls_ooo[3]"), whose sum
// the driver reports too.
const TlsStatistic* find_tls_statistic(std::string_view name);

}  // namespace tuner
