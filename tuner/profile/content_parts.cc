#include "profile/content_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tuner::reading {
namespace {

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

void append_part(std::string& text, const Content& part) {
  if (!is_set(part)) return;
  text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", part.name, content_text(part));
}

// "any: physical; name: eth0, eth1"
std::string object_text(const Content& object) {
  std::string text;
  for (const Content& child : object.children) append_part(text, child);
  return text;
}

std::string about_text(const Content& entry) {
  std::string text;
  for (const Content& child : entry.children) {
    if (!has_settings(child)) append_part(text, child);
  }
  return text;
}

ContentPath below(ContentPath path, const Content& node) {
  path.name += (path.name.empty() ? "" : ".") + node.name;
  return path;
}

void visit(const ContentPath& path, const Content& node, const EachPart& each) {
  if (!is_set(node)) return;
  // A mapping without settings, such as a selector, is one part.
  if (node.children.empty() || !has_settings(node)) return each(path, node);
  for (const Content& child : node.children) visit(below(path, child), child, each);
}

void visit_entries(ContentPath path, const Content& list, const EachPart& each) {
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    path.entry = i;
    path.about = about_text(list.children[i]);
    visit(path, list.children[i], each);
  }
}

void visit_section(const std::string& section, const Content& node, const EachPart& each) {
  const ContentPath path{.section = section, .entry = {}, .about = {}, .name = {}};
  if (node.key->shape == Shape::Objects) return visit_entries(path, node, each);
  if (node.key->shape != Shape::Object) return visit(path, node, each);
  for (const Content& child : node.children) visit_section(section + "." + child.name, child, each);
}

}  // namespace

void for_each_part(const Contents& nodes, const EachPart& each) {
  for (const Content& node : nodes) {
    if (node.key->shape != Shape::Text) visit_section(node.name, node, each);
  }
}

const Setting* setting_of(const Content& node) {
  const auto* const setting = std::get_if<const Setting*>(&node.held);
  return setting == nullptr ? nullptr : *setting;
}

std::string content_text(const Content& node) {
  return node.children.empty() ? held_text(node) : object_text(node);
}

}  // namespace tuner::reading
