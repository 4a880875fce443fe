#include "profile/content.h"

#include "profile/format.h"

#include <algorithm>

namespace tuner::reading {
namespace {

struct IsSet {
  bool operator()(std::monostate) const { return false; }
  bool operator()(bool flag) const { return flag; }
  bool operator()(const Setting* setting) const { return setting != nullptr; }
  template <typename List>
  bool operator()(const List& list) const {
    return !list.empty();
  }
};

}  // namespace

Content node_of(const Key& key, Content::Held held) {
  return {.key = &key, .name = std::string(key.name), .held = std::move(held)};
}

Content node_with(const Key& key, Contents children) {
  return {.key = &key, .name = std::string(key.name), .children = std::move(children)};
}

Content settings_content(const Key& key, const std::vector<NamedSetting>& settings) {
  Content node = node_with(key, {});
  for (const NamedSetting& one : settings)
    node.children.push_back({.key = &key, .name = one.name, .held = &one.setting});
  return node;
}

bool is_set(const Content& node) {
  return std::visit(IsSet{}, node.held) || std::ranges::any_of(node.children, is_set);
}

bool has_settings(const Content& node) {
  const auto* const setting = std::get_if<const Setting*>(&node.held);
  return (setting != nullptr && *setting != nullptr) ||
         std::ranges::any_of(node.children, has_settings);
}

Contents contents_of(const Profile& profile) {
  return contents_of_rows<ProfileLayer>(profile);
}

}  // namespace tuner::reading
