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
      own_row<Owner>(
          {.name = "textfile_directory",
           .doc = "where node_exporter looks for *.prom files, and the drift job writes its "
                  "metrics; it is "
                  "never made, and not below /etc, /usr or another folder that programs or their "
                  "configuration are read from. Default: the first of "
                  "/var/lib/prometheus/node-exporter and "
                  "/var/lib/node_exporter that is there",
           .pattern = kAbsolutePathPattern,
           .example = "/var/lib/prometheus/node-exporter"},
          store_textfile_directory),
      own_row<Owner>(
          {.name = "splay",
           .doc = "over how long the hosts of a fleet spread a check that cron starts; the "
                  "timer's is RandomizedDelaySec of ktls-tuner-check.timer",
           .pattern = kDurationPattern,
           .example = "30m"},
          store_splay),
      boolean_row<&ToolSettings::repair>({.name = "repair",
                                          .doc = "true: the drift job sets again what drifted, "
                                                 "with the disruption that the profile's "
                                                 "apply was allowed; false: it tells",
                                          .example = "false"}),
      own_row<Owner>(
          {.name = "feature_file",
           .doc =
               "where node-feature-discovery looks for features of its local source; the drift job "
               "writes labels such as ktls.tx=kernel there; of /etc only "
               "/etc/kubernetes/node-feature-discovery/features.d. Default: none is written",
           .pattern = kAbsolutePathPattern,
           .example = "/etc/kubernetes/node-feature-discovery/features.d/ktls-tuner"},
          store_feature_file),
  };
};

}  // namespace tuner::reading
