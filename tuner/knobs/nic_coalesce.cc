// Interrupt moderation: how long a NIC waits before it raises an interrupt. Adaptive moderation is
// preferred. Fixed values are set only if the profile asks for them, and never together with it.
#include "base/text.h"
#include "knobs/nic_shape.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// mlx5 reopens its channels when adaptive moderation is switched on or off
// (mlx5e_ethtool_set_coalesce(), en_ethtool.c; before Linux 6.10 always). This counts every
// parameter of mlx5 as reopening.
Disruption disruption(const Nic& nic, const Subject& /*subject*/) {
  return nic.driver == "mlx5_core" ? Disruption::ChannelReopen : Disruption::None;
}

struct NicCoalesce {
  static constexpr ShapeFamily kFamily{
      .knob = "nic_coalesce", .shape = NicShape::Coalesce, .in_entry = &NicEntry::coalesce};
};

// Whether moderation of this direction will be adaptive: the profile's goal, or the present state
// if the profile has none.
bool is_adaptive(std::string_view direction, const std::string& place,
                 const std::vector<DesiredSetting>& desired_settings, const Facts& facts) {
  const std::string name = fmt::format("adaptive-{}", direction);
  for (const DesiredSetting& desired : desired_settings) {
    if (desired.subject.place == place && parameter_of(desired.subject) == name &&
        desired.unsupported.empty())
      return desired.setting.goal.value == Value(true);
  }
  const Nic* nic = facts.nic(place);
  const auto found = nic->coalesce.find(name);
  return found != nic->coalesce.end() && found->second.value != 0;
}

std::vector<DesiredSetting> expand_nic_coalesce(const Profile& profile, const Facts& facts,
                                                std::vector<std::string>& notes) {
  auto desired_settings = expand_shape(NicCoalesce::kFamily, profile, facts, notes);
  for (DesiredSetting& desired : desired_settings) {
    const std::string parameter = parameter_of(desired.subject);
    // "rx-usecs" and "tx-frames": the direction is the first two letters.
    const std::string direction = parameter.substr(0, 2);
    if (parameter.starts_with("adaptive-") || !desired.unsupported.empty()) continue;
    if (!is_adaptive(direction, desired.subject.place, desired_settings, facts)) continue;
    desired.unsupported = fmt::format(
        "adaptive-{} is on, so the driver chooses {}; a fixed value needs adaptive-{}: false",
        direction, parameter, direction);
  }
  return desired_settings;
}

}  // namespace

Knob nic_coalesce_knob() {
  Knob knob =
      shape_knob<NicCoalesce>({.name = "nic_coalesce",
                               .phase = Phase::Shape,
                               .doc = "How long a NIC waits before it raises an interrupt.",
                               .in_profile = "nics[].coalesce",
                               .reads = "ethtool netlink, COALESCE_GET",
                               .writes = "ethtool netlink, COALESCE_SET, one message per NIC",
                               .capability = "CAP_NET_ADMIN",
                               .needs = FactNeed::Nics | FactNeed::NicShape,
                               .rounds = true});
  knob.expand = expand_nic_coalesce;
  knob.disruption = disruption;
  return knob;
}

}  // namespace tuner
