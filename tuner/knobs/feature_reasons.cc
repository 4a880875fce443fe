#include "knobs/feature_reasons.h"

#include "model/offload.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tuner {
namespace {

std::optional<TlsDirection> direction_of(std::string_view feature) {
  for (const TlsDirection direction : {TlsDirection::Tx, TlsDirection::Rx}) {
    if (feature == tls_direction_feature(direction)) return direction;
  }
  return std::nullopt;
}

const NicFeature* find(const Nic& nic, std::string_view feature) {
  const auto found = nic.features.find(feature);
  return found == nic.features.end() ? nullptr : &found->second;
}

std::string why_dropped(const Nic& nic, std::string_view feature) {
  if (const auto direction = direction_of(feature))
    return to_text(why_inactive(nic, *direction, {}));
  return "the driver or the kernel dropped it; dmesg may show why";
}

// The NIC as it would be if every request of the profile but this feature's were in effect.
Nic with_requests_granted(Nic nic, std::string_view feature,
                          const std::map<std::string, bool>& wanted) {
  for (auto& [name, state] : nic.features) {
    const auto goal = wanted.find(name);
    if (goal == wanted.end() || state.fixed) continue;
    state.requested = goal->second;
    if (name != feature) state.active = goal->second;
  }
  return nic;
}

// Whether the profile changes other features of the NIC. Offloads depend on each other, so this may
// activate a feature that was dropped.
bool others_change(const Nic& nic, std::string_view feature,
                   const std::map<std::string, bool>& wanted) {
  return std::ranges::any_of(wanted, [&](const auto& goal) {
    const NicFeature* state = find(nic, goal.first);
    return goal.first != feature && state != nullptr && !state->fixed &&
           state->requested != goal.second;
  });
}

}  // namespace

std::string why_unsupported(const Nic& nic, std::string_view feature, bool wanted,
                            const KernelFacts& kernel) {
  const NicFeature* state = find(nic, feature);
  if (state == nullptr || !state->fixed || state->active == wanted) return {};
  const auto direction = direction_of(feature);
  if (direction && wanted) return to_text(why_inactive(nic, *direction, kernel));
  return fixed_reason(nic.driver, state->active);
}

std::string why_blocked(const Nic& nic, std::string_view feature,
                        const std::map<std::string, bool>& wanted) {
  const NicFeature* state = find(nic, feature);
  const auto goal = wanted.find(std::string(feature));
  if (state == nullptr || state->fixed || goal == wanted.end() || state->active == goal->second)
    return {};
  const auto direction = direction_of(feature);
  if (direction && goal->second) {
    // The profile may switch on checksum offload and TLS offload together. Only what is missing
    // after all requests blocks.
    const Nic granted = with_requests_granted(nic, feature, wanted);
    if (!has_checksum_offload(granted.features, *direction))
      return to_text(why_inactive(granted, *direction, {}));
  }
  // Requested and still not active: writing the same request again changes nothing, unless another
  // change of the profile lets it through.
  const bool already_requested = state->requested == goal->second;
  return already_requested && !others_change(nic, feature, wanted) ? why_not_in_effect(nic, feature)
                                                                   : std::string();
}

std::string why_not_in_effect(const Nic& nic, std::string_view feature) {
  const NicFeature* state = find(nic, feature);
  if (state == nullptr || state->fixed || state->requested == state->active) return {};
  if (state->active) return "requested off, but the driver keeps it active";
  return fmt::format("requested on, but not active: {}", why_dropped(nic, feature));
}

std::string fixed_reason(std::string_view driver, bool is_on) {
  return fmt::format("fixed to {} by {}", is_on ? "on" : "off",
                     driver.empty() ? "its driver" : fmt::format("driver {}", driver));
}

}  // namespace tuner
