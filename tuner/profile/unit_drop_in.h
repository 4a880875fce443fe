// The systemd drop-in that lets the units of the drift job write to the folders in the tool's
// settings. Pure.
#pragma once

#include "profile/tool_settings.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The folders of the files that the settings name, as written there, without duplicates.
std::vector<std::string> folders_of(const ToolSettings& settings);

// The path as one word of ReadWritePaths=: quoted, with '"', '\' and '%' escaped, and with '-' so
// that systemd ignores a missing path. nullopt: a unit file cannot contain the path, because it has
// a hidden character (is_hidden(), such as a line end) or is not UTF-8.
std::optional<std::string> as_unit_path(std::string_view path);

// The text of the drop-in. Empty: no words. `words` are from as_unit_path().
std::string read_write_drop_in(std::span<const std::string> words);

}  // namespace tuner
