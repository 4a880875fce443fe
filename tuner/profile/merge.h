// Layers become one profile.
#pragma once

#include "model/profile.h"
#include "profile/diagnostic.h"
#include "profile/layer.h"

#include <span>
#include <string>
#include <vector>

namespace tuner {

// `layers` stand ancestors first and are without errors. Later wins, a setting is replaced whole
// and stays in its place, null removes it; nics, cpus and expect append. Warnings about the last
// layer go to its diagnostics.
Profile merge_layers(std::span<ReadLayer> layers);

// 16 hex digits over what the profile does: not over comments, layout, order of names, summary, why
// or where anything was written. Stable between releases and machines.
std::string profile_digest(const Profile& profile);

}  // namespace tuner
