// Why a TLS connection is not encrypted or decrypted in the NIC: all known reasons, in the order of
// the kernel's checks. Pure; host, knobs, probe and cli supply the facts.
#pragma once

#include "base/words.h"
#include "model/facts.h"
#include "model/nic_drivers.h"
#include "model/profile.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

enum class OffloadCode {
  VersionNotOffloaded,   // the kernel offloads only TLS 1.2
  CipherNotOffloaded,    // no kernel offloads this cipher
  CipherTooNew,          // this kernel does not offload it yet
  KernelWithoutTls,      // CONFIG_TLS is off
  KernelWithoutOffload,  // CONFIG_TLS_DEVICE is off
  SoftwareInterface,     // a VLAN, bridge, tunnel, … between the socket and the NIC
  BondTooOld,            // this kernel does not look through bonds
  BondMode,
  BondHashPolicy,
  BondEmpty,        // a bond without members
  DriverCannot,     // this driver has no TLS offload in this direction
  DriverNotBuilt,   // the driver's kernel option is off
  CardCannot,       // the driver supports it, this card does not
  VirtualFunction,  // the same; the NIC is a virtual function
  Switchdev,        // the same; the NIC is in switchdev mode
  FixedOff,         // not switchable here, for a reason that only the driver knows
  CipherNotByDriver,
  NotRequested,     // the feature is off
  ChecksumOff,      // requested, but dropped because checksum offload is off
  Dropped,          // requested, not active, cause unknown
  FeatureUnknown,   // could not be read, or this kernel does not name it
  RefusedByDriver,  // no known reason
  ChangedSince,     // the feature was switched after the connection began
};
template <>
inline constexpr auto kWords<OffloadCode> =
    std::to_array<Word<OffloadCode>>({{OffloadCode::VersionNotOffloaded, "version-not-offloaded"},
                                      {OffloadCode::CipherNotOffloaded, "cipher-not-offloaded"},
                                      {OffloadCode::CipherTooNew, "cipher-too-new"},
                                      {OffloadCode::KernelWithoutTls, "kernel-without-tls"},
                                      {OffloadCode::KernelWithoutOffload, "kernel-without-offload"},
                                      {OffloadCode::SoftwareInterface, "software-interface"},
                                      {OffloadCode::BondTooOld, "bond-too-old"},
                                      {OffloadCode::BondMode, "bond-mode"},
                                      {OffloadCode::BondHashPolicy, "bond-hash-policy"},
                                      {OffloadCode::BondEmpty, "bond-empty"},
                                      {OffloadCode::DriverCannot, "driver-cannot"},
                                      {OffloadCode::DriverNotBuilt, "driver-not-built"},
                                      {OffloadCode::CardCannot, "card-cannot"},
                                      {OffloadCode::VirtualFunction, "virtual-function"},
                                      {OffloadCode::Switchdev, "switchdev"},
                                      {OffloadCode::FixedOff, "fixed-off"},
                                      {OffloadCode::CipherNotByDriver, "cipher-not-by-driver"},
                                      {OffloadCode::NotRequested, "not-requested"},
                                      {OffloadCode::ChecksumOff, "checksum-off"},
                                      {OffloadCode::Dropped, "dropped"},
                                      {OffloadCode::FeatureUnknown, "feature-unknown"},
                                      {OffloadCode::RefusedByDriver, "refused-by-driver"},
                                      {OffloadCode::ChangedSince, "changed-since"}});
// The feature of one direction. A NIC whose driver does not name it has it off and fixed.
NicFeature tls_feature_of(const Nic& nic, TlsDirection direction);

std::string_view offload_code_name(OffloadCode code);  // "version-not-offloaded", …

struct OffloadReason {
  OffloadCode code = OffloadCode::RefusedByDriver;
  std::string nic;   // the interface; empty: the whole machine
  std::string text;  // a clause: "tx checksum offload of eth0 is off"
  std::string next;  // what the operator can do: "ethtool -K eth0 tx on"; empty: nothing
  bool operator==(const OffloadReason&) const = default;
};

// "text; next"; reasons are joined by "; ".
std::string to_text(const OffloadReason& reason);
std::string to_text(std::span<const OffloadReason> reasons);

// A kind of connection. Without version or cipher: any that can be offloaded.
struct OffloadQuestion {
  std::string nic;  // the interface of the connection's route: bond0, not its member
  TlsDirection direction = TlsDirection::Tx;
  std::optional<TlsVersion> version;
  std::optional<TlsCipher> cipher;
};

// Empty: no known reason. For a bond, a member's reasons name the member. An interface that is not
// in facts gives FeatureUnknown.
std::vector<OffloadReason> why_not_offloaded(const OffloadQuestion& question, const Facts& facts);

// Why the NIC's feature is not active, without regard to interfaces on top of it. Empty: it is
// active.
std::vector<OffloadReason> why_inactive(const Nic& nic, TlsDirection direction,
                                        const KernelFacts& kernel);

// The settings of the bond itself that prevent offload through its members.
std::vector<OffloadReason> why_bond_blocks(const Nic& bond, const Facts& facts);

// For an interface on top of NICs: the reasons of a bond; any other interface prevents offload.
std::vector<OffloadReason> why_upper_blocks(const Nic& upper, const Facts& facts);

// For a connection that was not offloaded although why_not_offloaded() is empty.
OffloadReason refused_by_driver(const Nic& nic, TlsDirection direction);

// For a connection that began before the feature was switched; `is_active` is the current state.
OffloadReason changed_since(const Nic& nic, TlsDirection direction, bool is_active);

// Whether the checksum offload that TLS offload needs is active (netdev_fix_features,
// net/core/dev.c).
bool has_checksum_offload(const NicFeatures& features, TlsDirection direction);

}  // namespace tuner
