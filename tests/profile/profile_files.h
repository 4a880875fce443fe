// Sources of profile texts for tests: a map, or the project's folders.
#pragma once

#include "profile/find_profile.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace tuner::test {

class MapFiles : public ProfileFiles {
 public:
  std::map<std::string, std::string> files;
  std::map<std::string, Error> faults;

  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    if (const auto fault = faults.find(path); fault != faults.end()) return fail(fault->second);
    const auto found = files.find(path);
    if (found == files.end()) return fail(Fault::NotFound, path + ": No such file or directory");
    if (found->second.size() > max_bytes) return fail(Fault::Invalid, path + " is too large");
    return found->second;
  }

  Result<std::vector<std::string>> list(const std::string& directory) const override {
    std::vector<std::string> names;
    for (const auto& [path, text] : files) {
      if (path.starts_with(directory + "/")) names.push_back(path.substr(directory.size() + 1));
    }
    if (names.empty()) return fail(Fault::NotFound, directory + ": No such file or directory");
    return names;
  }
};

class DiskFiles : public ProfileFiles {
 public:
  Result<std::string> read(const std::string& path, std::size_t) const override {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Fault::NotFound, path + ": No such file or directory");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  Result<std::vector<std::string>> list(const std::string& directory) const override {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
      names.push_back(entry.path().filename().string());
    return names;
  }
};

inline const std::string kShippedProfiles = KTLS_TUNER_SOURCE_DIR "/profiles";
inline const std::string kBadProfiles = KTLS_TUNER_SOURCE_DIR "/tests/cases/profiles";
inline const std::string kEveryKey = KTLS_TUNER_SOURCE_DIR "/tests/profile/every-key.yaml";

}  // namespace tuner::test
