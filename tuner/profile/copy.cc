#include "profile/copy.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// What root sets unattended comes from the approved texts, because the files may be edited or gone
// by then. Ancestors are in the copy too, under the paths that they had.
class CopiedFiles : public ProfileFiles {
 public:
  explicit CopiedFiles(const ProfileCopy& copy) : copy_(copy) {}

  Result<std::string> read(const std::string& path, std::size_t max_bytes) const override {
    const auto found = copy_.files.find(path);
    if (found == copy_.files.end())
      return fail(Fault::NotFound, fmt::format("{} is not in the approved copy", path));
    // As for a file: the limit is the reader's, whatever the source.
    if (found->second.size() > max_bytes)
      return fail(Fault::Invalid, fmt::format("{}: larger than {} bytes", path, max_bytes));
    return found->second;
  }

  Result<std::vector<std::string>> list(const std::string& directory) const override {
    std::vector<std::string> names;
    for (const auto& [path, text] : copy_.files) {
      if (path.substr(0, path.rfind('/')) == directory)
        names.push_back(path.substr(path.rfind('/') + 1));
    }
    return names;
  }

 private:
  const ProfileCopy& copy_;
};

}  // namespace

LoadedProfile load_profile(const ProfileCopy& copy) {
  return load_profile(CopiedFiles(copy), copy.path, copy.directories);
}

Result<std::string> RecordingFiles::read(const std::string& path, std::size_t max_bytes) const {
  auto text = files_.read(path, max_bytes);
  if (text) texts_[path] = *text;
  return text;
}

Result<std::vector<std::string>> RecordingFiles::list(const std::string& directory) const {
  return files_.list(directory);
}

std::string RecordingFiles::text(const std::string& path) const {
  const auto found = texts_.find(path);
  return found == texts_.end() ? std::string() : found->second;
}

}  // namespace tuner
