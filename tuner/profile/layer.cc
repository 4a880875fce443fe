#include "profile/layer.h"

#include "model/utf8.h"
#include "profile/format.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// A profile is found by its file's name and shown by its own. If they differ, a report names a
// profile that cannot be found.
void check_stem(reading::Reader& reader, const ProfileLayer& layer, const std::string& path) {
  const std::string stem = profile_stem(path);
  if (layer.name.empty() || layer.name == stem) return;
  reader.report(
      "name-mismatch", layer.name_place,
      fmt::format("the name is {}, the file's is {}", in_quotes(layer.name), in_quotes(stem)),
      "rename one of them");
}

void read_root(reading::Reader& reader, YamlNode root, ReadLayer& into) {
  const YamlEntry entry{.key = {.text = "a profile"}, .value = std::move(root)};
  if (entry.value.kind == YamlNode::Kind::Empty) {
    return reader.report("no-value", entry.value.place, "the file is empty",
                         "docs/profile.md describes the format");
  }
  reading::read_object<ProfileLayer>(reader, entry, into.layer);
  check_stem(reader, into.layer, into.path);
}

}  // namespace

std::string profile_stem(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
  if (path.ends_with(".yaml")) path.remove_suffix(5);
  return std::string(path);
}

// No '/' and no leading dot: a name becomes a path below the profile folders, and must not leave
// them. A name that ends in .yaml would be taken for a path.
bool is_profile_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || name.size() > 64 || !plain(name.front())) return false;
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return false;
  return std::ranges::all_of(name,
                             [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

std::string as_profile_name(std::string_view text) {
  std::string name;
  for (const char c : text.substr(0, 64)) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool usual = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    name += upper ? static_cast<char>(c - 'A' + 'a') : (usual ? c : '-');
  }
  // A name begins with a letter or digit.
  name.erase(0, std::min(name.find_first_not_of("-_"), name.size()));
  return name.empty() ? "profile" : name;
}

ReadLayer read_layer(const std::string& path, std::string_view text) {
  ReadLayer read{.path = path};
  reading::Reader reader(path);
  YamlText yaml = read_yaml(text);
  // Problems of the text come first; the tree is read only if it is usable, so that one mistake is
  // reported once.
  for (YamlProblem& problem : yaml.problems)
    reader.report(problem.code, problem.place, std::move(problem.message), std::move(problem.hint));
  if (yaml.root) read_root(reader, std::move(*yaml.root), read);
  read.diagnostics = reader.take_diagnostics();
  return read;
}

}  // namespace tuner
