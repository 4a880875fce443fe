// A profile as it was approved: the text of every file that it was read from, so that it can be
// read again when these have been edited or are gone.
#pragma once

#include "profile/find_profile.h"

#include <map>
#include <string>
#include <vector>

namespace tuner {

struct ProfileCopy {
  std::string path;                          // absolute, of the profile itself
  std::string digest;                        // Profile::digest
  std::vector<std::string> directories;      // that names were looked for in
  std::map<std::string, std::string> files;  // absolute path → text, ancestors included
  bool operator==(const ProfileCopy&) const = default;
};

// Reads from the copy alone.
LoadedProfile load_profile(const ProfileCopy& copy);

// Passes reads on and keeps what they gave, for a copy.
class NotedFiles : public ProfileFiles {
 public:
  explicit NotedFiles(const ProfileFiles& files) : files_(files) {}

  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override;
  Result<std::vector<std::string>> list(const std::string& directory) const override;

  // As it was read last; empty: it was not.
  std::string text(const std::string& path) const;

 private:
  const ProfileFiles& files_;
  mutable std::map<std::string, std::string> texts_;
};

}  // namespace tuner
