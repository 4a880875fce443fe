// Reads profiles: text, checks, `extends`, merging. docs/profile.md has the format.
//
// Makes no system calls; files are read through ProfileFiles. All problems of a profile and its
// ancestors are reported at once. The profile is returned only if none of them is an error.
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

// The source of profile texts: the machine's files, or a map in tests.
class ProfileFiles {
 public:
  virtual ~ProfileFiles() = default;
  // The whole file. NotFound: no such file. Invalid: larger than max_bytes; reading then stops at
  // the limit or does not start, so a huge file or a device costs nothing.
  virtual Result<std::string> read(const std::string& path, std::size_t max_bytes) const = 0;
  // The names in a folder, in any order. NotFound: no such folder.
  virtual Result<std::vector<std::string>> list(const std::string& directory) const = 0;
};

struct LoadedProfile {
  std::optional<Profile> profile;  // set exactly when no diagnostic is an error
  std::vector<Diagnostic> diagnostics;
};

// If `name_or_path` contains a '/' or ends in .yaml, it is a path. Otherwise it is a name, and the
// first of `directories` that has NAME.yaml is used: local directories first, the shipped one last.
// A profile that extends its own name extends the next profile of that name in this order.
LoadedProfile load_profile(const ProfileFiles& files, std::string_view name_or_path,
                           std::span<const std::string> directories);

struct ProfileListing {
  std::string name;     // the file's stem
  std::string summary;  // empty: none, or the file cannot be read as a profile
  std::string path;
  bool local = false;     // from any directory but the last, which has the shipped profiles
  bool shadowed = false;  // an earlier directory has the same name, so the name selects that one
  // The first error, of the file or of a profile that it extends; nullopt: it can be used.
  std::optional<Diagnostic> error = {};
};

// Sorted by name; of profiles with one name, the one that is used comes first. A directory that
// does not exist counts as empty. Every profile is read as load_profile() does.
std::vector<ProfileListing> list_profiles(const ProfileFiles& files,
                                          std::span<const std::string> directories);

}  // namespace tuner
