// The approved copy of a profile: the text of every file that it was read from. It can be read
// again after these files were edited or deleted.
#pragma once

#include "profile/find_profile.h"

#include <map>
#include <string>
#include <vector>

namespace tuner {

struct ProfileCopy {
  std::string path;                          // absolute path of the profile
  std::string digest;                        // Profile::digest
  std::vector<std::string> directories;      // the search path for profile names
  std::map<std::string, std::string> files;  // text by absolute path, ancestors included
  bool operator==(const ProfileCopy&) const = default;
};

// Reads only from the copy.
LoadedProfile load_profile(const ProfileCopy& copy);

// Forwards reads to `files` and keeps the texts, to make a copy. `files` must outlive it.
class RecordingFiles : public ProfileFiles {
 public:
  explicit RecordingFiles(const ProfileFiles& files) : files_(files) {}

  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override;
  Result<std::vector<std::string>> list(const std::string& directory) const override;

  // The text of the last read; empty: not read.
  std::string text(const std::string& path) const;

 private:
  const ProfileFiles& files_;
  mutable std::map<std::string, std::string> texts_;
};

}  // namespace tuner
