// Visits the parts of a profile that a person compares or reads one by one: its settings, and the
// values and objects that are none. Pure.
#pragma once

#include "profile/content.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace tuner::reading {

// The place of a part: its key on the first level ("expect.paths" for the one of expect), the entry
// there, and the keys below it.
struct ContentPath {
  std::string section;
  std::optional<std::size_t> entry;  // 0-based, if the section is a list
  std::string about;                 // of an entry: the text of its parts that are no settings
  std::string name;
};

using EachPart = std::function<void(const ContentPath& path, const Content& node)>;

// Calls `each` for a setting, a value, and an object without settings, in the order of the format's
// tables. Unset keys are left out, as are the name and the summary.
void for_each_part(const Contents& nodes, const EachPart& each);

// The setting of such a part; nullptr: it is a value or an object.
const Setting* setting_of(const Content& node);

// The text of a part: ">= 5", "eth0, eth1", "any: physical; name: eth0".
std::string content_text(const Content& node);

}  // namespace tuner::reading
