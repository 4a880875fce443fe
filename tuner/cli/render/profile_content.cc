#include "cli/render/profile_content.h"

#include "cli/render/documents.h"
#include "model/value_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace tuner {
namespace {

using nlohmann::ordered_json;
using reading::Content;
using reading::Contents;
using reading::Shape;

// The place of a node: its key on the first level, the entry there, and the keys below it.
struct Path {
  std::string section;
  std::optional<std::size_t> entry;  // 0-based, if the section is a list
  std::string name;
};

Path below(Path path, const Content& node) {
  path.name += (path.name.empty() ? "" : ".") + node.name;
  return path;
}

struct HeldText {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Setting* setting) const { return to_text(setting->goal); }
  template <typename List>
  std::string operator()(const List& list) const {
    return fmt::format("{}", fmt::join(list, ", "));
  }
};

// A flag that is a word in the file ("any: physical") is shown as that word.
std::string held_text(const Content& node) {
  if (node.key->shape == Shape::Word && node.held == Content::Held(true))
    return std::string(node.key->words.front());
  return std::visit(HeldText{}, node.held);
}

// "any: physical; name: eth0, eth1"
std::string object_text(const Content& object) {
  std::string text;
  for (const Content& child : object.children) {
    if (!is_set(child)) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", child.name,
                        child.children.empty() ? held_text(child) : object_text(child));
  }
  return text;
}

// Calls `each(path, node)` for a setting, a value, and an object without settings.
using Each = std::function<void(const Path& path, const Content& node)>;

// One walk for the table and for "settings" in the document, so both have the same rows in one
// order.
void walk(const Path& path, const Content& node, const Each& each) {
  if (!is_set(node)) return;
  if (node.children.empty() || !has_settings(node)) return each(path, node);
  for (const Content& child : node.children) walk(below(path, child), child, each);
}

void walk_entries(Path path, const Content& list, const Each& each) {
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    path.entry = i;
    walk(path, list.children[i], each);
  }
}

// The section of expect.paths is "expect.paths".
void walk_section(const std::string& section, const Content& node, const Each& each) {
  const Path path{.section = section, .entry = {}, .name = {}};
  if (node.key->shape == Shape::Objects) return walk_entries(path, node, each);
  if (node.key->shape != Shape::Object) return walk(path, node, each);
  for (const Content& child : node.children) walk_section(section + "." + child.name, child, each);
}

// The name and the summary of a profile are not in a section.
void walk_sections(const Contents& nodes, const Each& each) {
  for (const Content& node : nodes) {
    if (node.key->shape != Shape::Text) walk_section(node.name, node, each);
  }
}

const Setting* setting_of(const Content& node) {
  const auto* const setting = std::get_if<const Setting*>(&node.held);
  return setting == nullptr ? nullptr : *setting;
}

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
    return word ? ordered_json(held_text(node)) : std::visit(HeldJson{}, node.held);
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
  walk_sections(nodes, [&](const Path& path, const Content& node) {
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
    const std::string held = node.children.empty() ? held_text(node) : object_text(node);
    add({{section}, {path.name}, {held}, {}, {from}, {}});
  });
  return table;
}

std::vector<document::ProfileSetting> settings_document(const Contents& nodes) {
  std::vector<document::ProfileSetting> settings;
  walk_sections(nodes, [&](const Path& path, const Content& node) {
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
