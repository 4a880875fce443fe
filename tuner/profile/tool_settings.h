// Settings of the tool itself, apart from any profile: /etc/ktls-tuner/ktls-tuner.yaml. Every key
// may be left out; without the file all are as below. Read as strictly as a profile, by the same
// reader.
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
  std::string textfile_directory;    // of node_exporter; empty: the first of the usual ones
  std::chrono::seconds splay{1800};  // of a check that cron starts
  bool repair = false;               // the drift job sets again what drifted
  std::string feature_file;          // for node-feature-discovery; empty: none is written
};

struct LoadedToolSettings {
  std::optional<ToolSettings> settings;  // set exactly when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;
};

// Whether the settings may name it: no programs, no configuration of root's programs and no files
// of the kernel or this tool are below it.
bool is_folder_for_data(std::string_view path);

// No file at `path`: the defaults.
LoadedToolSettings load_tool_settings(const ProfileFiles& files, const std::string& path);

// docs/settings.md's table, and the file itself with every key in a comment, which a package
// installs.
std::string tool_settings_reference();
std::string tool_settings_example();
std::string tool_settings_schema_json();

}  // namespace tuner
