// Code shared by nic_channels, nic_rings and nic_coalesce: parameters of a NIC under ethtool's
// names, read and written with one netlink message per NIC.
#pragma once

#include "knobs/knob.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The number that a profile's word means for one NIC, or why there is none.
struct Resolved {
  std::optional<std::int64_t> number;
  std::string because;
};
using ResolveWord = Resolved (*)(const Facts& facts, const Nic& nic, const NicParameter& parameter,
                                 std::string_view word);

// Resolves `max`; for families without other words.
Resolved resolve_max(const Facts& facts, const Nic& nic, const NicParameter& parameter,
                     std::string_view word);

// The smallest value that a driver accepts. ethtool reports only maxima, so these are data.
struct ShapeMinimum {
  std::string_view driver;
  std::string_view parameter;
  std::int64_t least = 1;
  bool refuses = false;     // fails with EINVAL below it; otherwise the driver raises the value
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

// Numbers above the driver's maximum are unsupported, except as a limit (at_most), which is then
// met. Words are clamped to the maximum.
std::vector<DesiredSetting> expand_shape(const ShapeFamily& family, const Profile& profile,
                                         const Facts& facts, std::vector<std::string>& notes);
Observation observe_shape(const ShapeFamily& family, const Host& host, const Subject& subject);
std::vector<Outcome> write_shape(const ShapeFamily& family, Host& host,
                                 std::span<const Change> changes);
std::optional<Subject> locate_shape(const ShapeFamily& family, const Subject& recorded,
                                    const Facts& facts);

// "combined" of "channels:pci:0000:81:00.0/combined".
std::string parameter_of(const Subject& subject);

// How a change of queues disturbs traffic. Most drivers close and open the interface, which takes
// the link down. Two replace their queues while the link stays up: mlx5_core,
// mlx5e_safe_switch_params() (mlx5/core/en_main.c), and virtio_net, virtnet_set_channels()
// (virtio_net.c).
Disruption reopening(const Nic& nic, const Subject& subject);

// Makes the Knob of a family from its type, which has the constant kFamily, and its description.
// The family then replaces the functions in which it differs. The parameter is a type, not a
// reference to the constant: g++ 14 emits weak symbols for a template that is instantiated with a
// reference to a constant of internal linkage, so the linker would merge the functions of two files
// whose constants have the same name (tests/linkage.py checks for this).
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
