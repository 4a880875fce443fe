#include "model/offload.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace tuner {
namespace {

using Reasons = std::vector<OffloadReason>;

constexpr KernelVersion kBondsSince{5, 12};  // bond_sk_get_lower_dev, drivers/net/bonding
constexpr KernelVersion kAes256Since{6, 1};  // net/tls/tls_device.c

bool is_active(const NicFeatures& features, std::string_view name) {
  const auto feature = features.find(name);
  return feature != features.end() && feature->second.active;
}

std::string_view action_of(TlsDirection direction) {
  return direction == TlsDirection::Tx ? "sending" : "receiving";
}

std::string_view option_value(const KernelFacts& kernel, std::string_view option) {
  const auto value = kernel.config.find(std::string(option));
  return value == kernel.config.end() ? std::string_view() : value->second;
}

// A configuration file does not list an option whose menu is off, so a missing option counts as off
// if a file was read.
bool lacks(const KernelFacts& kernel, std::string_view option) {
  const std::string_view value = option_value(kernel, option);
  return value == "n" || (value.empty() && !kernel.config_source.empty());
}

// An unknown version is not older: a reason that may be wrong is worse than one less.
bool is_older(const Facts& facts, KernelVersion than) {
  const auto version = kernel_version(facts.host.kernel);
  return version && *version < than;
}

// tls_set_device_offload() refuses other versions than TLS 1.2, and the table of ciphers marks only
// AES-GCM as offloadable (net/tls/tls_device.c, tls_main.c).
void check_kernel(const OffloadQuestion& question, const Facts& facts, Reasons& reasons) {
  if (question.version == TlsVersion::Tls13)
    reasons.push_back(
        {OffloadCode::VersionNotOffloaded, "",
         "Linux offloads only TLS 1.2 to NICs (no kernel up to 7.3 offloads TLS 1.3)",
         "for the NIC to encrypt, limit the server to TLS 1.2; otherwise expect `kernel`"});
  if (question.cipher == TlsCipher::Aes128Ccm || question.cipher == TlsCipher::Chacha20Poly1305)
    reasons.push_back({OffloadCode::CipherNotOffloaded, "",
                       fmt::format("Linux offloads only AES-GCM to NICs, not {}",
                                   tls_cipher_name(*question.cipher)),
                       "prefer ECDHE-…-AES128-GCM-SHA256 in the server's list of ciphers"});
  if (question.cipher == TlsCipher::Aes256Gcm && is_older(facts, kAes256Since))
    reasons.push_back(
        {OffloadCode::CipherTooNew, "",
         fmt::format("AES-256-GCM is offloaded since Linux 6.1; this is {}", facts.host.kernel),
         "prefer ECDHE-…-AES128-GCM-SHA256 in the server's list of ciphers"});
  if (facts.kernel.tls.state == ModuleState::NotBuilt)
    reasons.push_back(
        {OffloadCode::KernelWithoutTls, "",
         fmt::format("this kernel is built without TLS ({})", facts.kernel.tls.because),
         "use a kernel with CONFIG_TLS"});
  else if (option_value(facts.kernel, "CONFIG_TLS_DEVICE") == "n")
    reasons.push_back({OffloadCode::KernelWithoutOffload, "",
                       fmt::format("this kernel is built without CONFIG_TLS_DEVICE ({})",
                                   facts.kernel.config_source),
                       "use a kernel with that option"});
}

std::string_view kind_word(const Nic& nic) {
  if (nic.kind == "vlan") return "a VLAN";
  return "a software interface";
}

// get_netdev_for_sock() in net/tls/tls_device.c takes the device of the route and asks it for the
// device below. Only bonding answers (ndo_sk_get_lower_dev); VLAN, bridge, team and tunnels do not.
OffloadReason software_interface(const Nic& nic) {
  const std::string on =
      nic.lowers.empty() ? std::string() : fmt::format(" on {}", join(nic.lowers, ", "));
  return {
      OffloadCode::SoftwareInterface, nic.name,
      fmt::format("{} is {}{}: the kernel offloads only where the route leads to the NIC itself "
                  "or to a bond of NICs",
                  nic.name, kind_word(nic), on),
      nic.lowers.empty()
          ? ""
          : fmt::format("for offload, traffic needs an address on {}", join(nic.lowers, ", "))};
}

// A NIC has a device. A test driver may have none, but then offers the feature.
bool is_nic(const Nic& nic, TlsDirection direction) {
  const auto feature = nic.features.find(tls_direction_feature(direction));
  const bool offered = feature != nic.features.end() && feature->second.supported;
  return nic.lowers.empty() && (nic.physical || offered);
}

// Checked before the driver's capabilities: the driver may support other cards.
std::optional<OffloadReason> card_cannot(const Nic& nic) {
  const CardRow* card = find_nic_card(nic.pci_ids);
  if (card == nullptr || card->tls != CardTls::No) return std::nullopt;
  return OffloadReason{OffloadCode::CardCannot, nic.name,
                       fmt::format("{} is a {}, which has no TLS offload", nic.name, card->name),
                       fmt::format("{} can", offloading_drivers(TlsDirection::Tx))};
}

OffloadReason driver_cannot(const Nic& nic, TlsDirection direction, const NicDriverRow* row) {
  std::string text =
      fmt::format("driver {} has no TLS offload for {}", nic.driver, action_of(direction));
  if (row != nullptr && !row->note.empty()) text += fmt::format(" ({})", row->note);
  return {OffloadCode::DriverCannot, nic.name, std::move(text),
          fmt::format("{} can", offloading_drivers(direction))};
}

// From the certain to the likely: a VF, a mode that can be switched, the model and its firmware.
OffloadReason fixed_by_card(const Nic& nic, TlsDirection direction, const NicDriverRow& row) {
  if (nic.virtual_function)
    return {
        OffloadCode::VirtualFunction, nic.name,
        fmt::format("{} is a virtual function, and its card offers it no TLS offload", nic.name),
        "the physical function may have it"};
  if (nic.switchdev && nic.driver == "mlx5_core")
    return {OffloadCode::Switchdev, nic.name,
            fmt::format("{} is in switchdev mode, in which {} has no TLS offload", nic.name,
                        nic.driver),
            fmt::format("devlink dev eswitch set pci/{} mode legacy", nic.bus_address)};
  return {OffloadCode::FixedOff, nic.name,
          fmt::format("{} says {} is off and fixed: it needs {}", nic.driver,
                      tls_direction_feature(direction), row.needs),
          fmt::format("compare model and firmware: ethtool -i {}; lspci -vs {}", nic.name,
                      nic.bus_address)};
}

// The reason for a feature that is off and fixed: the driver did not offer it at probe.
OffloadReason why_fixed(const Nic& nic, TlsDirection direction, const KernelFacts& kernel) {
  const NicDriverRow* row = find_nic_driver(nic.driver);
  if (auto card = card_cannot(nic)) return *card;
  if (row == nullptr && nic.driver.empty())
    return {OffloadCode::FixedOff, nic.name,
            fmt::format("{} has {} off and fixed", nic.name, tls_direction_feature(direction)), ""};
  if (row == nullptr || !(direction == TlsDirection::Tx ? row->tx : row->rx))
    return driver_cannot(nic, direction, row);
  if (lacks(kernel, row->option))
    return {OffloadCode::DriverNotBuilt, nic.name,
            fmt::format("this kernel's {} is built without TLS ({} is not set in {})", nic.driver,
                        row->option, kernel.config_source),
            "use a kernel with that option; Debian's kernels have it off"};
  return fixed_by_card(nic, direction, *row);
}

Reasons unknown_feature(const Nic& nic, TlsDirection direction) {
  const std::string why = nic.features_unreadable.empty() ? "this kernel does not name the feature"
                                                          : nic.features_unreadable;
  return {
      {OffloadCode::FeatureUnknown, nic.name,
       fmt::format("{} of {} is not known: {}", tls_direction_feature(direction), nic.name, why),
       ""}};
}

OffloadReason dropped(const Nic& nic, TlsDirection direction) {
  const std::string_view name = tls_direction_name(direction);
  if (!has_checksum_offload(nic.features, direction))
    return {
        OffloadCode::ChecksumOff, nic.name,
        fmt::format("{} checksum offload of {} is off, and TLS offload needs it", name, nic.name),
        fmt::format("ethtool -K {} {} on", nic.name, name)};
  return {OffloadCode::Dropped, nic.name,
          fmt::format("the driver or the kernel dropped {} of {}", tls_direction_feature(direction),
                      nic.name),
          "dmesg may show why"};
}

void check_cipher(const OffloadQuestion& question, const Nic& nic, Reasons& reasons) {
  const NicDriverRow* row = find_nic_driver(nic.driver);
  if (question.cipher != TlsCipher::Aes256Gcm || row == nullptr || row->aes_256) return;
  if (!(question.direction == TlsDirection::Tx ? row->tx : row->rx)) return;
  reasons.push_back({OffloadCode::CipherNotByDriver, nic.name,
                     fmt::format("{} offloads only AES-128-GCM, not AES-256-GCM", nic.driver),
                     "prefer ECDHE-…-AES128-GCM-SHA256 in the server's list of ciphers"});
}

void check_nic(const OffloadQuestion& question, const Nic& nic, const Facts& facts,
               Reasons& reasons) {
  if (!is_nic(nic, question.direction)) {
    reasons.push_back(software_interface(nic));
    return;
  }
  check_cipher(question, nic, reasons);
  std::ranges::move(why_inactive(nic, question.direction, facts.kernel),
                    std::back_inserter(reasons));
}

// The hash decides which member a connection uses, so each member's reasons count.
void check_bond(const OffloadQuestion& question, const Nic& bond, const Facts& facts,
                Reasons& reasons) {
  std::ranges::move(why_bond_blocks(bond, facts), std::back_inserter(reasons));
  for (const std::string& lower : bond.lowers) {
    if (const Nic* member = facts.nic(lower)) check_nic(question, *member, facts, reasons);
  }
}

}  // namespace

NicFeature tls_feature_of(const Nic& nic, TlsDirection direction) {
  const auto found = nic.features.find(tls_direction_feature(direction));
  return found == nic.features.end() ? NicFeature{.fixed = true} : found->second;
}

std::string_view offload_code_name(OffloadCode code) {
  return word_of(code);
}

std::string to_text(const OffloadReason& reason) {
  return reason.next.empty() ? reason.text : fmt::format("{}; {}", reason.text, reason.next);
}

std::string to_text(std::span<const OffloadReason> reasons) {
  std::vector<std::string> texts;
  for (const OffloadReason& reason : reasons) texts.push_back(to_text(reason));
  return join(texts, "; ");
}

std::vector<OffloadReason> why_not_offloaded(const OffloadQuestion& question, const Facts& facts) {
  Reasons reasons;
  check_kernel(question, facts, reasons);
  const Nic* nic = facts.nic(question.nic);
  if (nic == nullptr)
    reasons.push_back({OffloadCode::FeatureUnknown, question.nic,
                       fmt::format("there is no interface {} here", question.nic), ""});
  else if (nic->kind == "bond")
    check_bond(question, *nic, facts, reasons);
  else
    check_nic(question, *nic, facts, reasons);
  return reasons;
}

std::vector<OffloadReason> why_inactive(const Nic& nic, TlsDirection direction,
                                        const KernelFacts& kernel) {
  const std::string_view name = tls_direction_feature(direction);
  const auto found = nic.features.find(name);
  if (found == nic.features.end()) return unknown_feature(nic, direction);
  const NicFeature& feature = found->second;
  if (feature.active) return {};
  // In this order: what cannot be, what was dropped, what nobody requested. Each has another next
  // step.
  if (feature.fixed || !feature.supported) return {why_fixed(nic, direction, kernel)};
  if (feature.requested) return {dropped(nic, direction)};
  return {{OffloadCode::NotRequested, nic.name,
           fmt::format("{} of {} is off: not requested", name, nic.name),
           fmt::format("ethtool -K {} {} on, or set it in a profile", nic.name, name)}};
}

// bond_sk_check(), drivers/net/bonding/bond_main.c: the bond must keep a connection on one member.
std::vector<OffloadReason> why_bond_blocks(const Nic& bond, const Facts& facts) {
  Reasons reasons;
  if (is_older(facts, kBondsSince))
    reasons.push_back({OffloadCode::BondTooOld, bond.name,
                       fmt::format("the kernel looks through bonds since Linux 5.12; this is {}",
                                   facts.host.kernel),
                       ""});
  if (bond.lowers.empty())
    reasons.push_back(
        {OffloadCode::BondEmpty, bond.name, fmt::format("{} has no member", bond.name), ""});
  if (!bond.bond_mode.empty() && bond.bond_mode != "802.3ad" && bond.bond_mode != "balance-xor")
    reasons.push_back({OffloadCode::BondMode, bond.name,
                       fmt::format("{} has mode {}, and TLS is offloaded only through 802.3ad and "
                                   "balance-xor",
                                   bond.name, bond.bond_mode),
                       "mode 802.3ad (the switch must speak LACP) with xmit_hash_policy layer3+4 "
                       "allows it"});
  else if (!bond.bond_hash_policy.empty() && bond.bond_hash_policy != "layer3+4")
    reasons.push_back({OffloadCode::BondHashPolicy, bond.name,
                       fmt::format("{} has xmit_hash_policy {}, and TLS is offloaded only with "
                                   "layer3+4",
                                   bond.name, bond.bond_hash_policy),
                       "xmit_hash_policy layer3+4 allows it"});
  return reasons;
}

std::vector<OffloadReason> why_upper_blocks(const Nic& upper, const Facts& facts) {
  if (upper.kind == "bond") return why_bond_blocks(upper, facts);
  return {software_interface(upper)};
}

OffloadReason refused_by_driver(const Nic& nic, TlsDirection direction) {
  const NicDriverRow* row = find_nic_driver(nic.driver);
  const bool needs_module = row != nullptr && !row->module.empty();
  return {
      OffloadCode::RefusedByDriver, nic.name,
      fmt::format("no known reason: {} refused the connection for {} (tls_dev_add)",
                  nic.driver.empty() ? nic.name : nic.driver, action_of(direction)),
      fmt::format(
          "dmesg and ethtool -S {} may show why: a full connection table is a common cause{}",
          nic.name, needs_module ? fmt::format(", {} not loaded is another", row->module) : "")};
}

OffloadReason changed_since(const Nic& nic, TlsDirection direction, bool is_active) {
  return {OffloadCode::ChangedSince, nic.name,
          fmt::format("{} of {} was switched {} after the connection began, and the flag affects "
                      "only new connections",
                      tls_direction_feature(direction), nic.name, is_active ? "on" : "off"),
          "reconnect"};
}

// As netdev_fix_features() in net/core/dev.c: TX needs NETIF_F_HW_CSUM, or IP_CSUM and IPV6_CSUM
// both; RX needs RXCSUM. Otherwise it drops TLS offload with a debug message only.
bool has_checksum_offload(const NicFeatures& features, TlsDirection direction) {
  if (direction == TlsDirection::Rx) return is_active(features, "rx-checksum");
  return is_active(features, "tx-checksum-ip-generic") ||
         (is_active(features, "tx-checksum-ipv4") && is_active(features, "tx-checksum-ipv6"));
}

}  // namespace tuner
