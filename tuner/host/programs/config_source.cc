#include "host/programs/config_source.h"

#include "base/text.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace tuner {
namespace {

constexpr std::size_t kMostMatches = kMostConfigFiles;
// Of a pattern. Each one may multiply the folders that are listed.
constexpr int kMostWildParts = 2;

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
      // Whether it exists is asked once, of the whole path.
      found.push_back(fmt::format("{}/{}", folder, part));
      continue;
    }
    for (const std::string& name : list_or_none(files, folder.empty() ? "/" : folder)) {
      if (name.starts_with('.') || !glob_match(part, name)) continue;
      found.push_back(fmt::format("{}/{}", folder, name));
      if (found.size() >= kMostMatches) return found;
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> matching_files(const FileTree& files, std::string_view pattern) {
  if (!pattern.starts_with('/') || !is_pattern(pattern)) return {std::string(pattern)};
  const auto parts = split(pattern.substr(1), '/');
  if (std::ranges::count_if(parts, is_pattern) > kMostWildParts) return {std::string(pattern)};
  std::vector<std::string> found{""};
  for (const std::string_view part : parts) found = step(files, found, part);
  std::vector<std::string> there;
  for (std::string& path : found) {
    if (files.exists(path)) there.push_back(std::move(path));
  }
  return there;
}

ConfigSource config_source(const FileTree& files) {
  return {.read = [&files,
                   left = kMostConfigBytes](std::string_view path) mutable -> Result<std::string> {
            const FileBytes bytes = TRY(files.bytes(path));
            // The budget is that of all files which one configuration includes.
            if (bytes.size > left)
              return fail(Fault::TooLarge,
                          fmt::format("{} was not read: it and the files before it have more than "
                                      "{} MiB",
                                      path, kMostConfigBytes >> 20U));
            left -= bytes.size;
            std::string text(bytes.size, '\0');
            if (!bytes.read_at(0, std::as_writable_bytes(std::span(text))))
              return fail(Fault::Io, fmt::format("read {}: it ends before its size", path),
                          "it is being replaced: run this again");
            return text;
          },
          .match = [&files](std::string_view pattern) { return matching_files(files, pattern); },
          .is_folder =
              [&files](std::string_view path) { return files.exists(fmt::format("{}/.", path)); }};
}

}  // namespace tuner
