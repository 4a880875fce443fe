// The functions of rows that are more than one value in one member. The tables in
// profile/format.h point to them.
#pragma once

#include "profile/content.h"
#include "profile/layer.h"
#include "profile/reader.h"

namespace tuner::reading {

// The parts of { value | at_least | at_most, need, why } before the value is parsed. A sysctl's
// form can also have allow_unlisted.
struct SettingForm {
  struct Wanted {
    Goal::Op op;
    YamlEntry entry;
  };
  std::vector<Wanted> goals;
  Need need = Need::Required;
  std::string why;
  bool allow_unlisted = false;
};

struct ModuleEntry {
  std::optional<Setting> load;
};

// The settings of one service, by their keys. nullopt: null removes it.
struct ServiceEntry {
  std::vector<LayerSetting> settings;
};

void store_value(Reader& reader, const Key& key, const YamlEntry& entry, SettingForm& form);
void store_at_least(Reader& reader, const Key& key, const YamlEntry& entry, SettingForm& form);
void store_at_most(Reader& reader, const Key& key, const YamlEntry& entry, SettingForm& form);

void store_schema(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_name(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_extends(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_modules(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_sysctl(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_irqbalance(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_service_setting(Reader& reader, const Key& key, const YamlEntry& entry,
                           ServiceEntry& service);
void store_services(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_safe(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer);
void store_features(Reader& reader, const Key& key, const YamlEntry& entry, NicEntry& nic);
void store_nodes(Reader& reader, const Key& key, const YamlEntry& entry, CpuEntry& cpus);

Content features_content(const Key& key, const NicEntry& nic);
Content nodes_content(const Key& key, const CpuEntry& cpus);  // a word, or the listed nodes

void check_selector(Reader& reader, const YamlEntry& entry, const NicSelector& selector);
void check_expectation(Reader& reader, const YamlEntry& entry, const PathExpectation& path);

// Returns the setting's canonical name; nullopt: the name is invalid, reported. `setting` is
// nullptr if null removes it or if it could not be read.
std::optional<std::string> check_sysctl(Reader& reader, const YamlEntry& entry,
                                        const Setting* setting);
std::optional<std::string> check_feature(Reader& reader, const YamlEntry& entry,
                                         const Setting* setting);

}  // namespace tuner::reading
