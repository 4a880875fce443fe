#include "host/programs/config_source.h"

#include "base/text.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

namespace tuner {
namespace {

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// The paths below each of `folders` whose next part matches. A leading dot is matched by no sign,
// as in a shell: editors leave such files.
std::vector<std::string> step(const FileTree& files, const std::vector<std::string>& folders,
                              std::string_view part) {
  std::vector<std::string> found;
  for (const std::string& folder : folders) {
    if (!is_pattern(part)) {
      found.push_back(fmt::format("{}/{}", folder, part));
      continue;
    }
    for (const std::string& name : list_or_none(files, folder.empty() ? "/" : folder)) {
      if (name.starts_with('.') || !glob_match(part, name)) continue;
      found.push_back(fmt::format("{}/{}", folder, name));
      if (found.size() >= kMostConfigFiles) return found;
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> matching_files(const FileTree& files, std::string_view pattern) {
  if (!pattern.starts_with('/') || !is_pattern(pattern)) return {std::string(pattern)};
  std::vector<std::string> found{""};
  for (const std::string_view part : split(pattern.substr(1), '/'))
    found = step(files, found, part);
  std::vector<std::string> there;
  for (std::string& path : found) {
    if (files.exists(path)) there.push_back(std::move(path));
  }
  return there;
}

ConfigSource config_source(const FileTree& files) {
  return {.read = [&files](std::string_view path) { return files.read(path); },
          .match = [&files](std::string_view pattern) { return matching_files(files, pattern); },
          .is_folder =
              [&files](std::string_view path) { return files.exists(fmt::format("{}/.", path)); }};
}

}  // namespace tuner
