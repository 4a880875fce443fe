#include "profile/merge.h"

#include "profile/diagnostic_codes.h"
#include "profile/format.h"

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

}  // namespace

void merge_settings(std::vector<NamedSetting>& into, const std::vector<LayerSetting>& settings,
                    ReadLayer& from) {
  for (const LayerSetting& one : settings) {
    const auto old = std::ranges::find(into, one.name, &NamedSetting::name);
    if (one.setting && old != into.end()) {
      // As a whole: need and why of the ancestor belonged to its value.
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

void merge_setting(std::optional<Setting>& into, const std::optional<LayerSetting>& setting,
                   ReadLayer& from) {
  if (!setting) return;
  // null that removes nothing is usually a misspelt name, and the setting that should go stays.
  if (!setting->setting && !into) warn_nothing_to_remove(from, *setting);
  into = setting->setting;
}

Profile merge_layers(std::span<ReadLayer> layers) {
  Profile profile;
  for (ReadLayer& from : layers) {
    profile.lineage.push_back(from.path);
    reading::merge_rows<ProfileLayer>(from, profile);
  }
  profile.digest = profile_digest(profile);
  return profile;
}

}  // namespace tuner
