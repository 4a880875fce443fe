#include "cli/render/offload_facts.h"

#include "cli/output/table.h"
#include "model/offload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::array kDirections{TlsDirection::Tx, TlsDirection::Rx};

// A container host has hundreds of veths and bridges. Only NICs, bonds, VLANs and interfaces with
// the feature get a row.
bool has_row(const Nic& nic) {
  const auto offers = [&](TlsDirection direction) {
    return tls_feature_of(nic, direction).supported;
  };
  return nic.physical || nic.kind == "bond" || nic.kind == "vlan" ||
         std::ranges::any_of(kDirections, offers);
}

std::string bond_words(const Nic& nic) {
  if (nic.kind != "bond" || nic.bond_mode.empty()) return {};
  return fmt::format("mode {}, xmit_hash_policy {}", nic.bond_mode, nic.bond_hash_policy);
}

Cell yes_or_no(bool yes) {
  return {yes ? "yes" : "no", yes ? Tint::Good : Tint::Faint};
}

std::string why_text(const Nic& nic, const std::vector<OffloadReason>& reasons) {
  if (!reasons.empty()) return to_text(reasons.front());
  const std::string bond = bond_words(nic);
  return fmt::format("TLS 1.2 with AES-GCM is offered to {}{}",
                     nic.kind == "bond" ? "its members" : "the NIC",
                     bond.empty() ? "" : fmt::format(" ({})", bond));
}

// A bond or VLAN has no feature bits of its own (since 6.12); only its lower devices have them.
void add_row(Table& table, const Nic& nic, TlsDirection direction, const Facts& facts) {
  const auto reasons = why_not_offloaded(
      {.nic = nic.name, .direction = direction, .version = {}, .cipher = {}}, facts);
  const NicFeature feature = tls_feature_of(nic, direction);
  const bool known = nic.lowers.empty() && nic.features_unreadable.empty();
  const auto cell = [&](bool yes) { return known ? yes_or_no(yes) : Cell{"-"}; };
  table.add({{nic.name},
             {std::string(tls_direction_name(direction))},
             cell(feature.supported),
             cell(feature.requested),
             cell(feature.active),
             cell(feature.fixed),
             {why_text(nic, reasons), reasons.empty() ? Tint::Good : Tint::None}});
  for (std::size_t i = 1; i < reasons.size(); ++i) table.note("and: " + to_text(reasons[i]));
}

}  // namespace

std::string offload_text(const Facts& facts, const Display& display) {
  Table table({"tls offload", "", "supported", "requested", "active", "fixed", "why"});
  for (const Nic& nic : facts.nics) {
    if (!has_row(nic)) continue;
    for (const TlsDirection direction : kDirections) add_row(table, nic, direction, facts);
  }
  return table.empty() ? "" : table.text(display);
}

}  // namespace tuner
