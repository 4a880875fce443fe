// Why a TLS connection is not encrypted or decrypted in the NIC: everything that is known to stand
// in the way, in the order in which the kernel looks. Pure; host, knobs, probe and cli feed it.
#pragma once

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
  VersionNotOffloaded,   // the kernel offloads TLS 1.2 alone
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
  DriverNotBuilt,   // the driver's option is off
  CardCannot,       // the driver could, this card cannot
  VirtualFunction,  // likewise, and it is a VF
  Switchdev,        // likewise, and it is in switchdev mode
  FixedOff,         // not switchable here, for a reason that only the driver knows
  CipherNotByDriver,
  NotRequested,     // the feature is off
  ChecksumOff,      // requested, and dropped for want of checksum offload
  Dropped,          // requested, not active, cause unknown
  FeatureUnknown,   // could not be read, or this kernel does not name it
  RefusedByDriver,  // nothing known stands in the way
  ChangedSince,     // the flag was changed after the connection began
};
std::string_view offload_code_name(OffloadCode code);  // "version-not-offloaded", …

struct OffloadReason {
  OffloadCode code = OffloadCode::RefusedByDriver;
  std::string nic;   // the interface it is about; empty: the whole machine
  std::string text;  // a clause: "tx checksum offload of eth0 is off"
  std::string next;  // what the operator can do: "ethtool -K eth0 tx on"; empty: nothing
  bool operator==(const OffloadReason&) const = default;
};

// "text; next", several joined by "; ".
std::string to_text(const OffloadReason& reason);
std::string to_text(std::span<const OffloadReason> reasons);

// A kind of connection; without version or cipher: any that could be offloaded.
struct OffloadQuestion {
  std::string nic;  // where the route of the connection goes: bond0, not its member
  TlsDirection direction = TlsDirection::Tx;
  std::optional<TlsVersion> version;
  std::optional<TlsCipher> cipher;
};

// Empty: nothing known stands in the way. Of a bond, what stands in the way of a member is named
// with the member. An interface that facts do not have gives FeatureUnknown.
std::vector<OffloadReason> why_not_offloaded(const OffloadQuestion& question, const Facts& facts);

// Of the NIC alone, whatever stands on it: why its feature is not active. Empty when it is.
std::vector<OffloadReason> why_inactive(const Nic& nic, TlsDirection direction,
                                        const KernelFacts& kernel);

// Of a bond alone: what of its own settings keeps connections from its members.
std::vector<OffloadReason> why_bond_blocks(const Nic& bond, const Facts& facts);

// Of an interface that stands on NICs: the bond's own settings, or that it is none.
std::vector<OffloadReason> why_upper_blocks(const Nic& upper, const Facts& facts);

// For a connection that fell back although why_not_offloaded() is empty.
OffloadReason refused_by_driver(const Nic& nic, TlsDirection direction);

// For a connection that began before the feature was switched: `is_active` is what it is now.
OffloadReason changed_since(const Nic& nic, TlsDirection direction, bool is_active);

// Checksum offload that TLS offload needs (netdev_fix_features, net/core/dev.c), as the features of
// the NIC have it.
bool has_checksum_offload(const NicFeatures& features, TlsDirection direction);

}  // namespace tuner
