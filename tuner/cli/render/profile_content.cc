#include "cli/render/profile_content.h"

#include "cli/render/documents.h"
#include "document/common.h"
#include "document/profile.h"
#include "model/value_json.h"
#include "profile/content_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::ordered_json;
using reading::Content;
using reading::ContentPath;
using reading::Contents;
using reading::Shape;

std::string need_text(const Setting& setting) {
  return fmt::format("{}{}", need_name(setting.need), setting.allow_unlisted ? ", unlisted" : "");
}

ordered_json origin_json(const Origin& origin) {
  return {{"file", origin.file}, {"line", origin.line}, {"column", origin.column}};
}

void add_setting(ordered_json& json, const Setting& setting) {
  json["op"] = op_name(setting.goal.op);
  json["value"] = value_to_public_json(setting.goal.value);
  json["need"] = need_name(setting.need);
  json["why"] = setting.why;
  if (setting.allow_unlisted) json["allow_unlisted"] = true;
  json["origin"] = origin_json(setting.origin);
}

struct HeldJson {
  ordered_json operator()(std::monostate) const { return ordered_json::object(); }
  ordered_json operator()(const Setting* setting) const {
    ordered_json json;
    add_setting(json, *setting);
    return json;
  }
  template <typename Plain>
  ordered_json operator()(const Plain& plain) const {
    return plain;
  }
};

ordered_json node_json(const Content& node) {
  if (node.key->shape == Shape::Objects && node.origin == nullptr) {
    ordered_json list = ordered_json::array();
    for (const Content& entry : node.children) list.push_back(node_json(entry));
    return list;
  }
  if (node.children.empty()) {
    const bool word = node.key->shape == Shape::Word;
    return word ? ordered_json(content_text(node)) : std::visit(HeldJson{}, node.held);
  }
  ordered_json json = content_json(node.children);
  if (node.origin != nullptr) json["origin"] = origin_json(*node.origin);
  return json;
}

}  // namespace

Table content_table(const Contents& nodes, const Display& display) {
  // Paths in a narrow column would make each row as high as a path has folders.
  constexpr std::size_t kRoomForPaths = 120;
  const bool below = display.width > 0 && display.width < kRoomForPaths;
  std::vector<std::string> titles = {"section", "setting", "wanted", "need", "from", "why"};
  if (below) titles.erase(titles.begin() + 4);
  Table table(std::move(titles));
  const auto add = [&](std::vector<Cell> row) {
    const std::string from = row[4].text;
    if (below) row.erase(row.begin() + 4);
    table.add(std::move(row));
    if (below && !from.empty()) table.note("from: " + from);
  };
  for_each_part(nodes, [&](const ContentPath& path, const Content& node) {
    const Setting* const setting = setting_of(node);
    const std::string section =
        path.entry ? fmt::format("{} {}", path.section, *path.entry + 1) : path.section;
    if (setting != nullptr) {
      add({{section},
           {path.name},
           {to_text(setting->goal)},
           {need_text(*setting)},
           {to_text(setting->origin)},
           {setting->why}});
      return;
    }
    const std::string from = node.origin == nullptr ? "" : to_text(*node.origin);
    add({{section}, {path.name}, {content_text(node)}, {}, {from}, {}});
  });
  return table;
}

std::vector<document::ProfileSetting> settings_document(const Contents& nodes) {
  std::vector<document::ProfileSetting> settings;
  for_each_part(nodes, [&](const ContentPath& path, const Content& node) {
    const Setting* const setting = setting_of(node);
    if (setting == nullptr) return;
    settings.push_back(
        {.section = path.section,
         .entry = path.entry,
         .name = path.name,
         .op = setting->goal.op,
         .value = setting->goal.value,
         .need = setting->need,
         .why = setting->why,
         .allow_unlisted = setting->allow_unlisted ? std::optional(true) : std::nullopt,
         .origin = place_document(setting->origin)});
  });
  return settings;
}

ordered_json content_json(const Contents& nodes) {
  ordered_json json = ordered_json::object();
  for (const Content& node : nodes) {
    if (is_set(node)) json[node.name] = node_json(node);
  }
  return json;
}

}  // namespace tuner
