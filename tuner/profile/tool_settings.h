// Settings of the tool itself, independent of profiles: /etc/ktls-tuner/ktls-tuner.yaml. Every key
// is optional; the defaults are below. Parsed by the same strict reader as a profile.
#pragma once

#include "profile/find_profile.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

inline constexpr std::string_view kToolSettingsPath = "/etc/ktls-tuner/ktls-tuner.yaml";

struct ToolSettings {
  std::string textfile_directory;    // node_exporter's; empty: the first usual one that exists
  std::chrono::seconds splay{1800};  // the longest start delay of a check by cron
  bool repair = false;               // whether the drift job re-applies drifted settings
  std::string feature_file;          // for node-feature-discovery; empty: none is written
};

struct LoadedToolSettings {
  std::optional<ToolSettings> settings;  // set exactly when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;
};

// Whether the settings may name this path: an absolute path outside the folders of programs, of
// configuration for root's programs, of the kernel and of this tool.
bool is_folder_for_data(std::string_view path);

// Without a file at `path`: the defaults.
LoadedToolSettings load_tool_settings(const ProfileFiles& files, const std::string& path);

// The table of docs/settings.md; the settings file that packages install, with every key in a
// comment; and schema/settings.schema.json.
std::string tool_settings_reference();
std::string tool_settings_example();
std::string tool_settings_schema_json();

}  // namespace tuner
