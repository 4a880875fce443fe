// Merges layers into one profile.
#pragma once

#include "model/profile.h"
#include "profile/diagnostic.h"
#include "profile/layer.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// `layers` are ordered ancestors first and have no errors. A later setting replaces an earlier one
// as a whole and keeps its position; null removes it. Entries of nics, cpus and expect are
// appended. Warnings are added to the diagnostics of the layer that they are about.
Profile merge_layers(std::span<ReadLayer> layers);

// For the rows of the format (profile/layer_fields.h): merge the layer's settings with names, or
// its one setting. Warn in `from` if null removes nothing.
void merge_settings(std::vector<NamedSetting>& into, const std::vector<LayerSetting>& settings,
                    ReadLayer& from);
void merge_setting(std::optional<Setting>& into, const std::optional<LayerSetting>& setting,
                   ReadLayer& from);

// 16 hex digits over the name, settings and expectations of the profile. Comments, layout, order of
// names, summary, why and positions do not count. The same on all machines and in all releases.
std::string profile_digest(const Profile& profile);

}  // namespace tuner
