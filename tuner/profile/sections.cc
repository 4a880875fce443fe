#include "profile/sections.h"

#include "model/module_name.h"
#include "model/programs/service_name.h"
#include "model/utf8.h"
#include "profile/format.h"
#include "profile/scalars.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::reading {
namespace {

using NameCheck = std::optional<std::string> (*)(Reader&, const YamlEntry&, const Setting*);

bool has_name(const std::vector<LayerSetting>& settings, std::string_view name) {
  return std::ranges::count(settings, name, &LayerSetting::name) > 0;
}

// Reads "name: setting" entries. `check` returns the canonical name.
std::vector<LayerSetting> read_named_settings(Reader& reader, const Key& key,
                                              const YamlEntry& entry, NameCheck check) {
  std::vector<LayerSetting> settings;
  if (!reader.is_mapping(entry)) return settings;
  for (const YamlEntry& one : entry.value.entries) {
    const bool removal = reader.is_removal(key, one);
    auto setting = removal ? std::nullopt : reader.setting(key, one);
    auto name = check(reader, one, setting ? &*setting : nullptr);
    if (!name || (!setting && !removal)) continue;
    // net/core/rmem_max and net.core.rmem_max are different keys to YAML and one sysctl.
    if (has_name(settings, *name)) {
      // read_yaml() has reported keys with equal text.
      if (*name != one.key.text)
        reader.report("duplicate-key", one.key.place,
                      fmt::format("{} is the same key as {}", in_quotes(one.key.text), *name));
      continue;
    }
    settings.push_back({std::move(*name), reader.origin(one.key.place), std::move(setting)});
  }
  return settings;
}

std::optional<Setting> read_module(Reader& reader, const YamlEntry& entry) {
  ModuleEntry module;
  read_object<ModuleEntry>(reader, entry, module);
  if (module.load && module.load->goal.value == Value(false)) {
    reader.report("bad-value", entry.value.place, "a profile cannot unload a module",
                  "to drop an inherited load write null");
    return std::nullopt;
  }
  return module.load;
}

}  // namespace

// `schema: 1` is a number, and what to write instead of it is the schema, not quotes.
void store_schema(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer&) {
  const bool number = entry.value.kind == YamlNode::Kind::Scalar && !read_text(entry.value);
  const auto schema = number ? std::optional(entry.value.text) : reader.text(entry);
  if (!schema || *schema == key.words.front()) return;
  const bool another_release = schema->starts_with("ktls-tuner/profile/");
  reader.report(
      "wrong-schema", entry.value.place, in_quotes(*schema) + " is not a format this release reads",
      fmt::format("{} {}", another_release ? "this release reads" : "write", key.words.front()));
}

void store_name(Reader& reader, const Key&, const YamlEntry& entry, ProfileLayer& layer) {
  layer.name = reader.text(entry).value_or("");
  layer.name_place = entry.value.place;
  if (layer.name.empty() || is_profile_name(layer.name)) return;
  reader.report("bad-name", entry.value.place,
                in_quotes(layer.name) + " cannot be the name of a profile",
                "lower-case letters, digits, '.', '_' and '-'");
  layer.name.clear();
}

void store_extends(Reader& reader, const Key&, const YamlEntry& entry, ProfileLayer& layer) {
  if (entry.value.kind == YamlNode::Kind::Scalar) {
    reader.report("wrong-kind", entry.value.place, "extends takes a list",
                  fmt::format("write [{}]", entry.value.text));
    return;
  }
  if (!reader.is_sequence(entry)) return;
  for (const YamlNode& item : entry.value.items) {
    const auto name = reader.text({.key = entry.key, .value = item});
    if (!name) continue;
    if (is_profile_name(*name)) {
      layer.extends.push_back({*name, item.place});
    } else {
      reader.report("bad-name", item.place, in_quotes(*name) + " cannot be the name of a profile",
                    "extends takes names, never paths");
    }
  }
}

void store_modules(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer) {
  if (!reader.is_mapping(entry)) return;
  for (const YamlEntry& one : entry.value.entries) {
    LayerSetting module{.name = one.key.text, .origin = reader.origin(one.key.place)};
    const bool removal = reader.is_removal(key, one);
    if (!removal) module.setting = read_module(reader, one);
    std::ranges::replace(module.name, '-', '_');  // the kernel treats '-' and '_' alike
    if (!is_module_name(module.name)) {
      reader.report("bad-name", one.key.place,
                    in_quotes(one.key.text) + " cannot be the name of a module");
    } else if (module.setting || removal) {
      layer.modules.push_back(std::move(module));
    }
  }
}

void store_sysctl(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer) {
  layer.sysctl = read_named_settings(reader, key, entry, check_sysctl);
}

void store_irqbalance(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer) {
  LayerSetting irqbalance{.name = "irqbalance", .origin = reader.origin(entry.key.place)};
  const bool removal = reader.is_removal(key, entry);
  if (!removal) irqbalance.setting = reader.setting(key, entry);
  if (removal || irqbalance.setting) layer.irqbalance = std::move(irqbalance);
}

void store_service_setting(Reader& reader, const Key& key, const YamlEntry& entry,
                           ServiceEntry& service) {
  LayerSetting one{.name = std::string(key.name), .origin = reader.origin(entry.key.place)};
  const bool removal = reader.is_removal(key, entry);
  if (!removal) one.setting = reader.setting(key, entry);
  if (removal || one.setting) service.settings.push_back(std::move(one));
}

void store_services(Reader& reader, const Key&, const YamlEntry& entry, ProfileLayer& layer) {
  if (!reader.is_mapping(entry)) return;
  for (const YamlEntry& one : entry.value.entries) {
    ServiceEntry service;
    read_object<ServiceEntry>(reader, one, service);
    const auto unit = service_unit(one.key.text);
    if (!unit) {
      reader.report("bad-name", one.key.place,
                    in_quotes(one.key.text) + " cannot be the name of a service",
                    "a unit with or without .service, such as nginx or stunnel@mail");
      continue;
    }
    for (LayerSetting& setting : service.settings) {
      setting.name = fmt::format("{}/{}", *unit, setting.name);
      // nginx and nginx.service are different keys to YAML and one service.
      if (has_name(layer.services, setting.name))
        reader.report(
            "duplicate-key", one.key.place,
            fmt::format("{} is the same service as another key", in_quotes(one.key.text)));
      else
        layer.services.push_back(std::move(setting));
    }
  }
}

// An empty list is a value too: it drops what an ancestor expects.
void store_safe(Reader& reader, const Key& key, const YamlEntry& entry, ProfileLayer& layer) {
  if (!reader.is_sequence(entry)) return;
  layer.safe.emplace();
  for (const YamlNode& item : entry.value.items) {
    const auto index = reader.word(key, {.key = entry.key, .value = item});
    if (index) layer.safe->push_back(static_cast<SafeProperty>(*index));
  }
}

void store_features(Reader& reader, const Key& key, const YamlEntry& entry, NicEntry& nic) {
  for (LayerSetting& feature : read_named_settings(reader, key, entry, check_feature))
    // Features cannot be removed by null, so each has a setting.
    nic.features.push_back({std::move(feature.name), std::move(*feature.setting)});
}

void store_nodes(Reader& reader, const Key& key, const YamlEntry& entry, CpuEntry& cpus) {
  if (entry.value.kind == YamlNode::Kind::Sequence) {
    cpus.nodes = CpuEntry::Nodes::Listed;
    cpus.listed = reader.integers(entry);
  } else if (const auto index = reader.word(key, entry)) {
    cpus.nodes = static_cast<CpuEntry::Nodes>(*index);
  }
}

Content features_content(const Key& key, const NicEntry& nic) {
  return settings_content(key, nic.features);
}

Content nodes_content(const Key& key, const CpuEntry& cpus) {
  if (cpus.nodes == CpuEntry::Nodes::Listed) return node_of(key, cpus.listed);
  return node_of(key, word_of(key, cpus.nodes));
}

void check_selector(Reader& reader, const YamlEntry& entry, const NicSelector&) {
  // `if_present` alone selects nothing.
  const auto selects = [](const YamlEntry& key) { return key.key.text != "if_present"; };
  if (std::ranges::any_of(entry.value.entries, selects)) return;
  reader.report("empty-selector", entry.value.place, "the selector selects nothing",
                "for every interface with a device write { any: physical }");
}

// net/tls/tls_device.c offloads only TLS 1.2 with AES-GCM; docs/guide.md has the drivers.
void check_expectation(Reader& reader, const YamlEntry& entry, const PathExpectation& path) {
  if (path.tx != ExpectedPath::Device && path.rx != ExpectedPath::Device) return;
  const bool gcm = std::ranges::all_of(path.ciphers, [](TlsCipher cipher) {
    return cipher == TlsCipher::Aes128Gcm || cipher == TlsCipher::Aes256Gcm;
  });
  if (path.version == TlsVersion::Tls12 && gcm) return;
  reader.report("expects-offload", entry.value.place,
                "no NIC offloads this: offload is only for TLS 1.2 with AES-GCM",
                "expect kernel, or any");
}

}  // namespace tuner::reading
