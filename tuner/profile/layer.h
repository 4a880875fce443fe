// One profile file after reading, before it is merged with the profiles that it extends.
#pragma once

#include "model/profile.h"
#include "profile/diagnostic.h"
#include "profile/yaml_tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A setting. nullopt: the file has null, which removes the setting of an ancestor.
struct LayerSetting {
  std::string name;
  Origin origin;
  std::optional<Setting> setting;
};

struct ProfileLayer {
  struct Parent {
    std::string name;
    YamlPosition place;
  };
  std::string name;
  YamlPosition name_place;
  std::string summary;
  std::vector<Parent> extends;
  std::vector<LayerSetting> modules;
  std::vector<LayerSetting> sysctl;
  std::vector<NicEntry> nics;
  std::vector<CpuEntry> cpus;
  std::optional<LayerSetting> irqbalance;
  std::vector<LayerSetting> services;  // "nginx.service/ktls"
  std::vector<PathExpectation> expect;
  std::optional<SafetyRule> key_update;
  std::optional<std::vector<SafeProperty>> safe;  // nullopt: not in this file
};

struct ReadLayer {
  std::string path;
  ProfileLayer layer;  // the parts that could be read; complete if no diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // in the order of detection, without source lines
};

// Reads one file's text and checks its syntax, keys and values, and that its name is the path's
// stem. Does not read the profiles that it extends.
ReadLayer read_layer(const std::string& path, std::string_view text);

// "edge-server" for "/usr/share/ktls-tuner/profiles/edge-server.yaml".
std::string profile_stem(std::string_view path);

// Lower-case letters, digits, '.', '_' and '-', starting with a letter or digit, at most 64
// characters, not ending in .yaml or .yml.
bool is_profile_name(std::string_view name);

// A name that is like this text: other characters become '-'. "profile" if nothing is left.
std::string as_profile_name(std::string_view text);

}  // namespace tuner
