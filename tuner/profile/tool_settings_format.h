// The keys of the tool's own settings file, one row each, like those of profiles in
// profile/format.h.
#pragma once

#include "profile/fields.h"
#include "profile/tool_settings.h"

namespace tuner::reading {

void store_splay(Reader& reader, const Key& key, const YamlEntry& entry, ToolSettings& settings);
void store_textfile_directory(Reader& reader, const Key& key, const YamlEntry& entry,
                              ToolSettings& settings);
void store_feature_file(Reader& reader, const Key& key, const YamlEntry& entry,
                        ToolSettings& settings);

inline constexpr std::string_view kAbsolutePathPattern = "^/[^/]";
inline constexpr std::string_view kDurationPattern = "^[0-9]+[smh]$";

template <>
struct Fields<ToolSettings> {
  using Owner = ToolSettings;
  static constexpr std::array rows = {
      custom_row<Owner>(
          {.name = "textfile_directory",
           .doc = "the folder in which node_exporter reads *.prom files and the drift job writes "
                  "its metrics; it must exist and must not be below /etc, /usr or another folder "
                  "of programs or their configuration. Default: the first of "
                  "/var/lib/prometheus/node-exporter and /var/lib/node_exporter that exists",
           .pattern = kAbsolutePathPattern,
           .example = "/var/lib/prometheus/node-exporter"},
          store_textfile_directory),
      custom_row<Owner>(
          {.name = "splay",
           .doc = "the longest start delay of a check by cron, to spread the hosts of a fleet; for "
                  "the timer set RandomizedDelaySec in ktls-tuner-check.timer",
           .pattern = kDurationPattern,
           .example = "30m"},
          store_splay),
      boolean_row<&ToolSettings::repair>(
          {.name = "repair",
           .doc = "true: the drift job re-applies drifted settings within the disruption limit of "
                  "the profile's apply; false: it only reports them",
           .example = "false"}),
      custom_row<Owner>(
          {.name = "feature_file",
           .doc = "the file in which node-feature-discovery's local source reads "
                  "features; the drift job writes labels such as ktls.tx=kernel to it; "
                  "below /etc only /etc/kubernetes/node-feature-discovery/features.d is "
                  "permitted. Default: none is written",
           .pattern = kAbsolutePathPattern,
           .example = "/etc/kubernetes/node-feature-discovery/features.d/ktls-tuner"},
          store_feature_file),
  };
};

}  // namespace tuner::reading
