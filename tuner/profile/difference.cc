#include "profile/difference.h"

#include "base/text.h"
#include "profile/content_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace tuner {
namespace {

using reading::Content;
using reading::ContentPath;

using PartKey = std::tuple<std::string, std::string, std::string>;  // section, entry, name

std::string part_text(const Content& node) {
  const Setting* const setting = reading::setting_of(node);
  if (setting == nullptr) return reading::content_text(node);
  return fmt::format("{}{}{}{}", setting->goal.op == Goal::Op::Exactly ? "= " : "",
                     to_text(setting->goal), setting->need == Need::Preferred ? " (preferred)" : "",
                     setting->allow_unlisted ? " (unlisted)" : "");
}

// The parts of a profile, in order, and the entries of its lists by what they are about. Several
// entries about the same have a number: "any: physical (2)".
class Parts {
 public:
  explicit Parts(const Profile& profile) {
    const reading::Contents contents = reading::contents_of(profile);
    for (const Content& node : contents) sections_.push_back(node.name);
    reading::for_each_part(contents, [&](const ContentPath& path, const Content& node) {
      // What an entry is about is its name. As a part it only says that there is such an entry.
      const bool is_entry = path.entry && reading::setting_of(node) == nullptr;
      add({path.section, entry_name(path), is_entry ? "" : path.name},
          is_entry ? "listed" : part_text(node));
    });
  }

  const std::vector<PartKey>& keys() const { return keys_; }
  std::optional<std::string> text(const PartKey& key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
  }
  // The names of a list's entries; only of lists that have some.
  const std::map<std::string, std::vector<std::string>>& entries() const { return entries_; }

  // The position of a section in the format: "expect.paths" is a part of "expect".
  std::size_t rank(std::string_view section) const {
    const auto found = std::ranges::find_if(sections_, [&](const std::string& key) {
      return section == key || section.starts_with(key + ".");
    });
    return static_cast<std::size_t>(found - sections_.begin());
  }

 private:
  void add(PartKey key, std::string text) {
    if (texts_.emplace(key, std::move(text)).second) keys_.push_back(std::move(key));
  }

  std::string entry_name(const ContentPath& path) {
    if (!path.entry) return {};
    std::vector<std::string>& names = entries_[path.section];
    if (*path.entry < names.size()) return names[*path.entry];
    const std::size_t number = ++numbers_[path.section + "\n" + path.about];
    names.resize(*path.entry);  // an entry without any part leaves a gap
    names.push_back(number == 1 ? path.about : fmt::format("{} ({})", path.about, number));
    return names.back();
  }

  std::vector<std::string> sections_;
  std::vector<PartKey> keys_;
  std::map<PartKey, std::string> texts_;
  std::map<std::string, std::vector<std::string>> entries_;
  std::map<std::string, std::size_t> numbers_;
};

// The entries that both have, in the order of the first.
std::string common_entries(const std::vector<std::string>& of,
                           const std::vector<std::string>& other) {
  std::vector<std::string> common;
  std::ranges::copy_if(of, std::back_inserter(common), [&](const std::string& entry) {
    return std::ranges::count(other, entry) > 0;
  });
  return join(common, "; then ");
}

void add_orders(const Parts& a, const Parts& b, std::vector<ProfileDifference>& all) {
  for (const auto& [section, entries] : a.entries()) {
    // Only entries that both have: one that is missing is a difference of its own.
    const auto other = b.entries().find(section);
    if (other == b.entries().end()) continue;
    const std::string in_a = common_entries(entries, other->second);
    const std::string in_b = common_entries(other->second, entries);
    if (in_a != in_b)
      all.push_back({.section = section, .entry = {}, .name = "order", .a = in_a, .b = in_b});
  }
}

}  // namespace

std::vector<ProfileDifference> differences(const Profile& a, const Profile& b) {
  const Parts in_a(a);
  const Parts in_b(b);
  std::vector<ProfileDifference> all;
  const auto add = [&](const PartKey& key) {
    const auto& [section, entry, name] = key;
    all.push_back({section, entry, name, in_a.text(key), in_b.text(key)});
  };
  for (const PartKey& key : in_a.keys()) {
    if (in_a.text(key) != in_b.text(key)) add(key);
  }
  for (const PartKey& key : in_b.keys()) {
    if (!in_a.text(key)) add(key);
  }
  add_orders(in_a, in_b, all);
  std::ranges::stable_sort(all, {},
                           [&](const ProfileDifference& one) { return in_a.rank(one.section); });
  return all;
}

}  // namespace tuner
