// What `profile show` prints of a profile: every key that it sets, from the content tree
// (profile/content.h).
#pragma once

#include "cli/output/table.h"
#include "document/profile.h"
#include "profile/content.h"

#include <nlohmann/json_fwd.hpp>

namespace tuner {

// One row a setting, and one row for the keys of an object that has no settings (`select`, an entry
// of expect.paths). Unset keys have no row. On a narrow display the position of a row stands below
// it.
Table content_table(const reading::Contents& nodes, const Display& display = {});

// The settings as a flat list: section, entry (0-based, of sections that are lists), name, goal,
// need, reason and position.
std::vector<document::ProfileSetting> settings_document(const reading::Contents& nodes);

// All set keys, nested as in the file. A setting is an object with op, value, need, why, origin.
nlohmann::ordered_json content_json(const reading::Contents& nodes);

}  // namespace tuner
