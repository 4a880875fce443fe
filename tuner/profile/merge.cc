#include "profile/merge.h"

#include "profile/diagnostic_codes.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

void warn_nothing_to_remove(ReadLayer& from, const LayerSetting& removal) {
  constexpr Code kCode = "removes-nothing";
  from.diagnostics.push_back({.severity = kCode.row().severity,
                              .code = std::string(kCode.row().code),
                              .message = fmt::format("no extended profile sets {}", removal.name),
                              .hint = "remove the line",
                              .origin = removal.origin});
}

void merge_settings(std::vector<NamedSetting>& into, const std::vector<LayerSetting>& settings,
                    ReadLayer& from) {
  for (const LayerSetting& one : settings) {
    const auto old = std::ranges::find(into, one.name, &NamedSetting::name);
    if (one.setting && old != into.end()) {
      old->setting = *one.setting;
    } else if (one.setting) {
      into.push_back({one.name, *one.setting});
    } else if (old != into.end()) {
      into.erase(old);
    } else {
      warn_nothing_to_remove(from, one);
    }
  }
}

void merge_irqbalance(Profile& profile, ReadLayer& from) {
  if (!from.layer.irqbalance) return;
  const LayerSetting& one = *from.layer.irqbalance;
  if (!one.setting && !profile.irqbalance) warn_nothing_to_remove(from, one);
  profile.irqbalance = one.setting;
}

template <typename T>
void append(std::vector<T>& into, const std::vector<T>& more) {
  into.insert(into.end(), more.begin(), more.end());
}

}  // namespace

Profile merge_layers(std::span<ReadLayer> layers) {
  Profile profile;
  for (ReadLayer& from : layers) {
    const ProfileLayer& layer = from.layer;
    profile.name = layer.name;
    profile.summary = layer.summary;
    profile.lineage.push_back(from.path);
    merge_settings(profile.modules, layer.modules, from);
    merge_settings(profile.sysctl, layer.sysctl, from);
    merge_irqbalance(profile, from);
    append(profile.nics, layer.nics);
    append(profile.cpus, layer.cpus);
    append(profile.expect, layer.expect);
  }
  profile.digest = profile_digest(profile);
  return profile;
}

}  // namespace tuner
