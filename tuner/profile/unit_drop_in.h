// What the units of the drift job may write beside their usual places, because the tool's settings
// name it: text for a drop-in of systemd's, which has a grammar of its own. Pure.
#pragma once

#include "profile/tool_settings.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The folders that files of the settings are in, as they are written there, each once.
std::vector<std::string> folders_of(const ToolSettings& settings);

// One word of ReadWritePaths= that means this path and nothing else: quoted, no specifier, no
// escape, ignored where it does not exist. nullopt: a unit file cannot hold the path, because a
// character of it is not visible (is_hidden(): a line end is one) or a byte of it is no UTF-8.
std::optional<std::string> as_unit_path(std::string_view path);

// The drop-in; empty when there is nothing to say. `words` are of as_unit_path().
std::string read_write_drop_in(std::span<const std::string> words);

}  // namespace tuner
