// What nic_channels, nic_rings and nic_coalesce have in common: parameters of a NIC by ethtool's
// words, read and written by one netlink message a NIC.
#pragma once

#include "knobs/knob.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A profile's word as a number for one NIC, or why it has none.
struct Resolved {
  std::optional<std::int64_t> number;
  std::string because;
};
using ResolveWord = Resolved (*)(const Facts& facts, const Nic& nic, const NicParameter& parameter,
                                 std::string_view word);

// `max`, for families that have no other word.
Resolved resolve_max(const Facts& facts, const Nic& nic, const NicParameter& parameter,
                     std::string_view word);

// The least that a driver takes. ethtool tells maxima alone, so these are data.
struct ShapeMinimum {
  std::string_view driver;
  std::string_view parameter;
  std::int64_t least = 1;
  bool refuses = false;     // answers EINVAL below it; else it makes the least of what is less
  std::string_view source;  // below drivers/net/ethernet/
};

struct ShapeFamily {
  std::string_view knob;  // "nic_channels"
  NicShape shape = NicShape::Channels;
  std::vector<NamedSetting> NicEntry::*in_entry = nullptr;
  ResolveWord resolve = resolve_max;
  std::span<const ShapeMinimum> minima = {};
};

bool shape_wanted(const ShapeFamily& family, const Profile& profile);

// Numbers above the driver's maximum are unsupported, as limits (at_most) they are met; words are
// clamped to it.
std::vector<DesiredSetting> expand_shape(const ShapeFamily& family, const Profile& profile,
                                         const Facts& facts, std::vector<std::string>& notes);
Observation observe_shape(const ShapeFamily& family, const Host& host, const Subject& subject);
std::vector<Outcome> write_shape(const ShapeFamily& family, Host& host,
                                 std::span<const Change> changes);
std::optional<Subject> locate_shape(const ShapeFamily& family, const Subject& recorded,
                                    const Facts& facts);

// "combined" of "channels:pci:0000:81:00.0/combined".
std::string parameter_of(const Subject& subject);

// How changing queues disturbs: most drivers close and open the interface, which takes the link
// down; these exchange their queues while the link stays: mlx5e_safe_switch_params()
// (mlx5/core/en_main.c), virtnet_set_channels() (virtio_net.c).
Disruption reopening(const Nic& nic, const Subject& subject);

// A family as the type that has its constant, kFamily, and its description say; a family puts in
// what it has of its own. A type, and no reference to the constant: g++ 14 makes weak symbols of
// what a template makes of a reference to one file's own constant, so the linker takes the
// functions of another file whose constant has the same name (tests/linkage.py looks for it).
template <typename Family>
Knob shape_knob(const KnobInfo& info) {
  return {
      .info = info,
      .wanted = [](const Profile& profile) { return shape_wanted(Family::kFamily, profile); },
      .expand =
          [](const Profile& profile, const Facts& facts, std::vector<std::string>& notes) {
            return expand_shape(Family::kFamily, profile, facts, notes);
          },
      .observe =
          [](const Host& host, const Subject& subject) {
            return observe_shape(Family::kFamily, host, subject);
          },
      .write =
          [](Host& host, std::span<const Change> changes) {
            return write_shape(Family::kFamily, host, changes);
          },
      .disruption = reopening,
      .locate = [](const Subject& recorded,
                   const Facts& facts) { return locate_shape(Family::kFamily, recorded, facts); }};
}

}  // namespace tuner
