// Reads profiles: text, checks, `extends`, merging. docs/profile.md has the format.
//
// Makes no system call: files come through ProfileFiles. Everything wrong with a profile and its
// ancestors is reported at once; a profile is only given back when none of it is an error.
#pragma once

#include "base/result.h"
#include "model/profile.h"
#include "profile/diagnostic.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

inline constexpr std::size_t kProfileSizeLimit = 1U << 20U;

// Where the text of profiles comes from: the machine's files, or a map in tests.
class ProfileFiles {
 public:
  virtual ~ProfileFiles() = default;
  // The whole file. NotFound: not there. Invalid: larger than max_bytes; then it was not read whole
  // (reading stops, or never starts, so a huge file or a device costs nothing).
  virtual Result<std::string> read(const std::string& path, std::size_t max_bytes) const = 0;
  // Names in a folder, in any order. NotFound: no such folder.
  virtual Result<std::vector<std::string>> list(const std::string& directory) const = 0;
};

struct LoadedProfile {
  std::optional<Profile> profile;  // set exactly when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;
};

// `name_or_path` with a '/' or ending in .yaml is a path and taken as it is; anything else is a
// name, and NAME.yaml is taken from the first of `directories` that has it: the local ones come
// first, the shipped one last. A profile that extends its own name means the next one in that
// order.
LoadedProfile load_profile(const ProfileFiles& files, std::string_view name_or_path,
                           std::span<const std::string> directories);

struct ProfileListing {
  std::string name;     // the file's stem
  std::string summary;  // empty: none, or the file is not readable as a profile
  std::string path;
  bool local = false;     // not from the last, the shipped directory
  bool shadowed = false;  // an earlier directory has the same name: this one is not used by name
};

// Sorted by name, the one that is used first. Directories that do not exist are empty.
std::vector<ProfileListing> list_profiles(const ProfileFiles& files,
                                          std::span<const std::string> directories);

}  // namespace tuner
