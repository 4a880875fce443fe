#include "host/files/unit_files.h"

#include "base/text.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace tuner {
namespace {

// In order of priority: a file hides those of the same name in later folders.
constexpr std::array<std::string_view, 5> kUnitFolders{
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system"};

bool is_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with(';');
}

// Joins lines that end in a backslash with the next one, also across comments.
std::vector<std::string> logical_lines(std::string_view text) {
  std::vector<std::string> whole;
  bool goes_on = false;
  for (std::string_view line : lines(text)) {
    line = trim(line);
    if (is_comment(line)) continue;
    const bool more = line.ends_with('\\');
    if (more) line.remove_suffix(1);
    if (goes_on)
      whole.back() += " " + std::string(trim(line));
    else
      whole.emplace_back(trim(line));
    goes_on = more;
  }
  return whole;
}

// A link to /dev/null in the place of the unit (systemctl mask): systemd does not load it.
bool is_masked(const FileTree& files, const std::string& path) {
  const auto target = files.resolve(path);
  return target && *target == "/dev/null";
}

// "stunnel@mail.service" is its own file if there is one, else an instance of "stunnel@.service"
// (systemd.unit(5)).
std::vector<std::string> names_of(std::string_view unit) {
  std::vector<std::string> names{std::string(unit)};
  const auto at = unit.find('@');
  const auto dot = unit.rfind('.');
  if (at != std::string_view::npos && dot != std::string_view::npos && dot > at + 1)
    names.push_back(fmt::format("{}{}", unit.substr(0, at + 1), unit.substr(dot)));
  return names;
}

// nullopt: no such file. An empty text: it is masked.
std::optional<std::string> unit_text(const FileTree& files, std::string_view unit) {
  for (const std::string& name : names_of(unit)) {
    for (const std::string_view folder : kUnitFolders) {
      const std::string path = fmt::format("{}/{}", folder, name);
      // Before later folders are looked at: a mask hides the files there.
      if (is_masked(files, path)) return "";
      if (auto text = files.read(path)) return std::move(*text);
    }
  }
  return std::nullopt;
}

// Of an instance ("stunnel@mail.service") those of its template count, too, after its own.
std::map<std::string, std::string> drop_ins(const FileTree& files, std::string_view unit) {
  std::vector<std::string> places;
  for (const std::string& name : names_of(unit)) {
    for (const std::string_view folder : kUnitFolders)
      places.push_back(fmt::format("{}/{}.d", folder, name));
  }
  const std::vector<std::string_view> folders(places.begin(), places.end());
  return configuration_files(files, folders, ".conf");
}

}  // namespace

void read_service_key(std::string_view text, std::string_view key,
                      std::vector<std::string>& values) {
  bool in_service = false;
  for (const std::string& line : logical_lines(text)) {
    if (line.starts_with('[')) in_service = line == "[Service]";
    const auto equals = line.find('=');
    if (!in_service || equals == std::string::npos) continue;
    if (trim(std::string_view(line).substr(0, equals)) != key) continue;
    const std::string_view value = trim(std::string_view(line).substr(equals + 1));
    // An empty assignment clears the list (systemd.service(5)); drop-ins use it to replace a value.
    if (value.empty())
      values.clear();
    else
      values.emplace_back(value);
  }
}

void read_exec_start(std::string_view text, std::vector<std::string>& commands) {
  read_service_key(text, "ExecStart", commands);
}

ServiceUnit ServiceUnit::read(const FileTree& files, std::string_view unit) {
  ServiceUnit service;
  auto text = unit_text(files, unit);
  // Drop-ins of a unit without its file, or of a masked one, have no effect.
  if (!text || text->empty()) return service;
  service.parts_.push_back({.name = {}, .path = {}, .text = std::move(*text)});
  for (auto& [name, path] : drop_ins(files, unit)) {
    if (auto more = files.read(path))
      service.parts_.push_back({.name = name, .path = path, .text = std::move(*more)});
  }
  return service;
}

std::vector<std::string> ServiceUnit::values(std::string_view key, std::string_view without) const {
  std::vector<std::string> values;
  for (const Part& part : parts_) {
    const bool counts = without.empty() || (part.path != without && part.name != without);
    if (counts) read_service_key(part.text, key, values);
  }
  return values;
}

}  // namespace tuner
