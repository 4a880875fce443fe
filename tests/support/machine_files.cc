#include "support/machine_files.h"

#include "base/text.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace tuner::testing {
namespace {

constexpr std::string_view kEntry = "== ";
constexpr std::string_view kLink = " -> ";

bool needs_escape(std::string_view line) {
  return line.starts_with("==") || line.starts_with('\\');
}

bool is_inside(std::string_view path) {
  if (!path.starts_with('/')) return false;
  for (const std::string_view part : split(path, '/')) {
    if (part == "..") return false;
  }
  return true;
}

// Adds an entry. Returns the text that its lines are appended to; nullptr for a link or folder.
Result<std::string*> open_entry(MachineFiles& machine, std::string_view entry) {
  const std::size_t arrow = entry.find(kLink);
  const std::string path(entry.substr(0, arrow));
  if (!is_inside(path)) return fail(Fault::Invalid, fmt::format("'{}' is not a path", path));
  if (arrow != std::string_view::npos) {
    machine.links[path] = entry.substr(arrow + kLink.size());
    return nullptr;
  }
  if (path.ends_with('/')) {
    machine.folders.insert(path.substr(0, path.size() - 1));
    return nullptr;
  }
  return &machine.files[path];
}

bool write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  return file.good();
}

}  // namespace

void MachineFiles::set(std::string path, std::string_view text) {
  files[std::move(path)] = fmt::format("{}\n", text);
}

Outcome write_machine(const MachineFiles& machine, const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::string made;  // the last folder; files are sorted, so most are in the same one
  const auto with_folder = [&](const std::string& path) {
    const std::string folder = directory + path.substr(0, path.rfind('/'));
    if (folder != made) fs::create_directories(folder, error);
    made = folder;
    return directory + path;
  };
  for (const auto& folder : machine.folders) with_folder(folder + "/.");
  for (const auto& [path, text] : machine.files) {
    if (!write_file(with_folder(path), text) || error)
      return fail(Fault::Io, fmt::format("cannot write {}{}", directory, path));
  }
  for (const auto& [path, target] : machine.links) {
    fs::create_symlink(target, with_folder(path), error);
    if (error) return fail(Fault::Io, fmt::format("{}{}: {}", directory, path, error.message()));
  }
  return {};
}

Result<MachineFiles> parse_machine(std::string_view archive) {
  MachineFiles machine;
  std::string* file = nullptr;
  bool started = false;
  int number = 0;
  for (std::string_view line : lines(archive)) {
    ++number;
    if (!started && (line.empty() || line.starts_with('#'))) continue;
    if (line.starts_with(kEntry)) {
      const auto opened = open_entry(machine, line.substr(kEntry.size()));
      if (!opened)
        return fail(Fault::Invalid, fmt::format("line {}: {}", number, opened.error().text));
      file = *opened;
      started = true;
      continue;
    }
    if (file == nullptr) return fail(Fault::Invalid, fmt::format("line {}: not in a file", number));
    if (line.starts_with('\\')) line.remove_prefix(1);
    *file += fmt::format("{}\n", line);
  }
  return machine;
}

std::string print_machine(const MachineFiles& machine) {
  std::string archive;
  for (const auto& [path, text] : machine.files) {
    archive += fmt::format("{}{}\n", kEntry, path);
    for (const std::string_view line : lines(text))
      archive += fmt::format("{}{}\n", needs_escape(line) ? "\\" : "", line);
  }
  for (const auto& [path, target] : machine.links)
    archive += fmt::format("{}{}{}{}\n", kEntry, path, kLink, target);
  for (const auto& folder : machine.folders) archive += fmt::format("{}{}/\n", kEntry, folder);
  return archive;
}

}  // namespace tuner::testing
