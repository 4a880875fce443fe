// The digest is made from the content tree (profile/content.h). What it adds for a node depends
// only on the node's shape. These rules keep the digests of earlier releases: a list is its name,
// its length and its sorted elements, and consecutive flags are one text ("1 0").
#include "base/fnv.h"
#include "profile/content.h"
#include "profile/merge.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using reading::Content;
using reading::Contents;
using reading::InDigest;
using reading::Key;
using reading::Shape;

class ContentDigest {
 public:
  void add(const Contents& nodes) {
    for (const Content& node : nodes) {
      if (node.key->in_digest != InDigest::Never) add(node);
    }
    end_flags();
  }
  std::string hex() const { return fnv_.hex(); }

 private:
  void add(const Content& node);
  void add(const Setting& setting);
  void add_named(const Content& node);
  void add_held(const Key&, std::monostate) {}
  void add_held(const Key& key, bool flag);
  void add_held(const Key& key, const std::string& text);
  void add_held(const Key& key, const std::vector<std::string>& list) { add_list(key, list); }
  void add_held(const Key& key, const std::vector<int>& list);
  void add_held(const Key& key, const Setting* setting);
  template <typename T>
  void add_list(const Key& key, std::vector<T> list);
  // The length stands before the list. Without it, moving an entry from one list to the next would
  // not change the digest.
  void add_length(const Key& key, std::size_t length);
  void add_text(std::string_view text);
  void end_flags();

  Fnv fnv_;
  std::string flags_;  // flags that are not added yet
};

void ContentDigest::end_flags() {
  if (!flags_.empty()) fnv_.add(flags_);
  flags_.clear();
}

void ContentDigest::add_text(std::string_view text) {
  end_flags();
  fnv_.add(text);
}

void ContentDigest::add_length(const Key& key, std::size_t length) {
  add_text(fmt::format("{} {}", key.digest_name.empty() ? key.name : key.digest_name, length));
}

template <typename T>
void ContentDigest::add_list(const Key& key, std::vector<T> list) {
  // The order of words and names has no meaning, and editors and tools sort lists.
  std::ranges::sort(list);
  add_length(key, list.size());
  for (const T& one : list) add_text(fmt::format("{}", one));
}

void ContentDigest::add_held(const Key& key, bool flag) {
  if (key.in_digest == InDigest::IfSet) return;  // the name has been added
  flags_ += fmt::format("{}{:d}", flags_.empty() ? "" : " ", flag);
}

// Of a word that stands for a list, the position counts, and the list is empty.
void ContentDigest::add_held(const Key& key, const std::string& text) {
  if (key.shape != Shape::WordOrIntegers) return add_text(text);
  add_text(fmt::format("{}", std::ranges::find(key.words, text) - key.words.begin()));
  add_length(key, 0);
}

void ContentDigest::add_held(const Key& key, const std::vector<int>& list) {
  if (key.shape == Shape::WordOrIntegers) add_text(fmt::format("{}", key.words.size()));
  add_list(key, list);
}

void ContentDigest::add_held(const Key& key, const Setting* setting) {
  if (key.in_digest == InDigest::Always) add_text(setting != nullptr ? "set" : "unset");
  if (setting != nullptr) add(*setting);
}

void ContentDigest::add(const Setting& setting) {
  const Value& value = setting.goal.value;
  add_text(
      // With the type: the number 1 and the word "1" have one text and are different goals.
      fmt::format("{} {} {}", op_name(setting.goal.op), value.index(), need_name(setting.need)));
  add_text(to_text(value));
  // Later than the first profiles, so counted only if set.
  if (setting.allow_unlisted) add_text("allow_unlisted");
}

// The settings of a mapping, each with its name.
void ContentDigest::add_named(const Content& node) {
  std::vector<std::pair<std::string_view, const Setting*>> settings;
  for (const Content& child : node.children) {
    if (const Setting* const setting = std::get<const Setting*>(child.held))
      settings.emplace_back(child.name, setting);
  }
  std::ranges::sort(settings, {}, [](const auto& one) { return one.first; });
  add_length(*node.key, settings.size());
  for (const auto& [name, setting] : settings) {
    add_text(name);
    add(*setting);
  }
}

bool has_named_settings(const Content& node) {
  const bool of_group = !node.children.empty() && node.children.front().key->named;
  return of_group || node.key->shape == Shape::NamedSettings ||
         node.key->shape == Shape::NamedObjects;
}

void ContentDigest::add(const Content& node) {
  // The name marks the key, so that two keys of later releases with equal content differ.
  if (node.key->in_digest == InDigest::IfSet) {
    if (!is_set(node)) return;
    add_text(node.key->name);
  }
  if (has_named_settings(node)) return add_named(node);
  if (node.key->shape == Shape::Objects) {
    add_length(*node.key, node.children.size());
    for (const Content& entry : node.children) add(entry.children);
    return;
  }
  std::visit([&](const auto& held) { add_held(*node.key, held); }, node.held);
  if (!node.children.empty()) add(node.children);
}

}  // namespace

std::string reading::digest_of(const Contents& nodes) {
  ContentDigest digest;
  digest.add(nodes);
  return digest.hex();
}

std::string profile_digest(const Profile& profile) {
  return reading::digest_of(reading::contents_of(profile));
}

}  // namespace tuner
