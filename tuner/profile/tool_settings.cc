#include "profile/tool_settings.h"

#include "base/duration.h"
#include "base/text.h"
#include "model/utf8.h"
#include "profile/tool_settings_format.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace reading {
namespace {

// Folders that the settings must not name. The tool writes only data, but files in these folders
// are executed or configure root's programs. Exceptions precede the folder that contains them.
struct Place {
  std::string_view folder;
  std::string_view why;  // the reason for the refusal; empty: permitted
};

constexpr std::string_view kKernels = "it belongs to the kernel";
constexpr std::string_view kPrograms = "it contains programs";
constexpr std::string_view kRoots = "it configures root's programs";
constexpr std::string_view kOurs = "it holds this tool's own files";

constexpr Place kPlaces[] = {
    {"/etc/kubernetes/node-feature-discovery/features.d", ""},
    {"/etc", kRoots},
    {"/dev", kKernels},
    {"/proc", kKernels},
    {"/sys", kKernels},
    {"/bin", kPrograms},
    {"/boot", kPrograms},
    {"/lib", kPrograms},
    {"/lib32", kPrograms},
    {"/lib64", kPrograms},
    {"/libx32", kPrograms},
    {"/sbin", kPrograms},
    {"/usr", kPrograms},
    {"/root", kRoots},
    {"/run/NetworkManager", kRoots},
    {"/run/binfmt.d", kRoots},
    {"/run/dbus-1", kRoots},
    {"/run/depmod.d", kRoots},
    {"/run/ktls-tuner", kOurs},
    {"/run/modprobe.d", kRoots},
    {"/run/modules-load.d", kRoots},
    {"/run/polkit-1", kRoots},
    {"/run/sysctl.d", kRoots},
    {"/run/systemd", kRoots},
    {"/run/sysusers.d", kRoots},
    {"/run/tmpfiles.d", kRoots},
    {"/run/udev", kRoots},
    {"/var/lib/dpkg", kPrograms},
    {"/var/lib/ktls-tuner", kOurs},
    {"/var/lib/systemd", kRoots},
    {"/var/spool/at", kPrograms},
    {"/var/spool/cron", kPrograms},
};

bool is_below(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::string_view why_not(std::string_view path) {
  for (const Place& place : kPlaces) {
    if (is_below(path, place.folder)) return place.why;
  }
  return "";
}

// /var/run is a link to /run on current distributions.
std::string_view without_var(std::string_view path) {
  return path.starts_with("/var/run/") ? path.substr(4) : path;
}

// An absolute path without ".", ".." and empty parts, so that the comparison of prefixes is valid.
// A final '/' is allowed.
bool is_plain_path(std::string_view path) {
  if (path.size() < 2 || path.front() != '/') return false;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return std::ranges::none_of(split(path, '/'), [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
}

void store_path(Reader& reader, const Key& key, const YamlEntry& entry, std::string& into) {
  const auto text = reader.text(entry);
  if (!text) return;
  const bool plain = is_plain_path(*text);
  const std::string_view why = why_not(without_var(*text));
  if (plain && why.empty()) {
    into = *text;
    return;
  }
  std::string message = fmt::format("{} cannot be {}", key.name, in_quotes(*text));
  if (plain) message += fmt::format(": {}", why);
  reader.report("bad-value", entry.value.place, std::move(message),
                fmt::format("an absolute path{}, such as {}", plain ? " in a folder for data" : "",
                            key.example));
}

}  // namespace

void store_textfile_directory(Reader& reader, const Key& key, const YamlEntry& entry,
                              ToolSettings& settings) {
  store_path(reader, key, entry, settings.textfile_directory);
}

void store_feature_file(Reader& reader, const Key& key, const YamlEntry& entry,
                        ToolSettings& settings) {
  store_path(reader, key, entry, settings.feature_file);
}

void store_splay(Reader& reader, const Key&, const YamlEntry& entry, ToolSettings& settings) {
  const auto text = reader.text(entry);
  if (!text) return;
  if (const auto splay = parse_duration(*text)) {
    settings.splay = *splay;
  } else {
    reader.report("bad-value", entry.value.place, splay.error().text, splay.error().hint);
  }
}

}  // namespace reading

bool is_folder_for_data(std::string_view path) {
  return reading::is_plain_path(path) && reading::why_not(reading::without_var(path)).empty();
}

LoadedToolSettings load_tool_settings(const ProfileFiles& files, const std::string& path) {
  const auto text = files.read(path, kProfileSizeLimit);
  // The package installs the file, an administrator may remove it: both mean the defaults. Any
  // other failed read is an error, since the file may name folders that the job must use.
  if (!text && text.error().fault == Fault::NotFound) return {.settings = ToolSettings{}};
  reading::Reader reader(path);
  ToolSettings settings;
  if (!text) {
    reader.report(
        text.error().fault == Fault::Invalid ? Code("too-large") : Code("unreadable-file"), {},
        text.error().text, text.error().hint);
  } else {
    YamlText yaml = read_yaml(*text);
    for (YamlProblem& problem : yaml.problems)
      reader.report(problem.code, problem.place, std::move(problem.message),
                    std::move(problem.hint));
    // A file with only comments, as it is installed, means the defaults.
    if (yaml.root && yaml.root->kind != YamlNode::Kind::Empty)
      reading::read_object<ToolSettings>(
          reader, {.key = {.text = "the settings file"}, .value = std::move(*yaml.root)}, settings);
  }
  LoadedToolSettings loaded{.diagnostics = reader.take_diagnostics()};
  if (text) add_source_lines(loaded.diagnostics, *text);
  // As with profiles: no settings instead of some of them.
  if (!has_errors(loaded.diagnostics)) loaded.settings = std::move(settings);
  return loaded;
}

}  // namespace tuner
