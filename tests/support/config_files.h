// Configuration files in memory, for the readers of them.
#pragma once

#include "base/text.h"
#include "model/programs/config_source.h"

#include <cerrno>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tuner::testing {

struct ConfigFiles {
  std::map<std::string, std::string> files;
  std::set<std::string> unreadable = {};
  std::set<std::string> folders = {};

  ConfigFiles() = default;
  ConfigFiles(std::initializer_list<std::pair<const std::string, std::string>> all) : files(all) {}

  // Refers to this object.
  ConfigSource source() const {
    return {
        .read = [this](std::string_view path) -> Result<std::string> {
          const std::string name(path);
          if (unreadable.contains(name)) return fail(errno_error(EACCES, "open " + name));
          const auto found = files.find(name);
          if (found == files.end()) return fail(errno_error(ENOENT, "open " + name));
          return found->second;
        },
        .match =
            [this](std::string_view pattern) {
              std::vector<std::string> found;
              if (pattern.find_first_of("*?") == std::string_view::npos)
                return std::vector{std::string(pattern)};
              for (const auto& [name, text] : files) {
                if (glob_match(pattern, name)) found.push_back(name);
              }
              return found;
            },
        .is_folder = [this](std::string_view path) { return folders.contains(std::string(path)); }};
  }
};

}  // namespace tuner::testing
