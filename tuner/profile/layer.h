// One profile file as it was read, before it is merged with what it extends.
#pragma once

#include "model/profile.h"
#include "profile/diagnostic.h"
#include "profile/yaml_tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A setting, or nothing: then null was written, and what an ancestor set is removed.
struct LayerSetting {
  std::string name;
  Origin origin;
  std::optional<Setting> setting;
};

struct ProfileLayer {
  struct Parent {
    std::string name;
    YamlPlace place;
  };
  std::string name;
  YamlPlace name_place;
  std::string summary;
  std::vector<Parent> extends;
  std::vector<LayerSetting> modules;
  std::vector<LayerSetting> sysctl;
  std::vector<NicEntry> nics;
  std::vector<CpuEntry> cpus;
  std::optional<LayerSetting> irqbalance;
  std::vector<PathExpectation> expect;
};

struct ReadLayer {
  std::string path;
  ProfileLayer layer;  // only what could be read; whole when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;  // in the order found, without source lines
};

// Reads one file's text: its syntax, its keys and values, and that its name is the path's stem.
// What it extends is only listed.
ReadLayer read_layer(const std::string& path, std::string_view text);

// "edge-server" for "/usr/share/ktls-tuner/profiles/edge-server.yaml".
std::string profile_stem(std::string_view path);

// Lower-case letters, digits, '.', '_' and '-', first a letter or digit, at most 64; no
// file name.
bool is_profile_name(std::string_view name);

}  // namespace tuner
